/** The settings of a guard: their names, ranges, values, and how they are tuned and reverted while it runs. */
@NullMarked
package io.portguard.settings;

import org.jspecify.annotations.NullMarked;
