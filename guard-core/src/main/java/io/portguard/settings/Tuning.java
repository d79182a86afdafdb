package io.portguard.settings;

import org.jspecify.annotations.Nullable;

/**
 * A value that was set while the guard runs.
 *
 * @param value null for unset
 * @param untilNanos when it reverts by itself, on the guard's clock; null when it does not
 */
record Tuning(@Nullable Object value, @Nullable Long untilNanos) {

    boolean isOver(long nowNanos) {
        return untilNanos != null && nowNanos - untilNanos >= 0;
    }
}
