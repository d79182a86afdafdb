/** The guard's state as Micrometer meters. */
@NullMarked
package io.portguard.metrics;

import org.jspecify.annotations.NullMarked;
