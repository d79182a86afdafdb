/** How hard-pressed the process is, as fractions that a background tick samples. */
@NullMarked
package io.portguard.pressure;

import org.jspecify.annotations.NullMarked;
