/** How many requests may be in progress: algorithms that read windows of measurements and never see a permit. */
@NullMarked
package io.portguard.limit;

import org.jspecify.annotations.NullMarked;
