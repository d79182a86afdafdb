package io.portguard.settings;

import org.jspecify.annotations.Nullable;

/**
 * A value that was set for a time while the guard runs.
 *
 * @param value null for unset
 * @param untilNanos when it reverts by itself, on the guard's clock
 */
record Tuning(@Nullable Object value, long untilNanos) {

    long nanosLeft(long nowNanos) {
        return untilNanos - nowNanos;
    }
}
