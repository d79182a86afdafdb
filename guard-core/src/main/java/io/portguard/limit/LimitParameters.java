package io.portguard.limit;

import java.time.Duration;

/**
 * What a limit starts from, stays within and aims for.
 *
 * @param initial limit before anything was measured
 * @param min lowest limit, at least 1
 * @param max highest limit
 * @param targetDelay the queueing delay that is acceptable, above zero
 */
public record LimitParameters(int initial, int min, int max, Duration targetDelay) {

    public LimitParameters {
        if (min < 1 || max < min || initial < min || initial > max) {
            throw new IllegalArgumentException("initial: " + initial + ", min: " + min + ", max: " + max
                    + " (expected: 1 <= min <= initial <= max)");
        }
        if (targetDelay.isNegative() || targetDelay.isZero()) {
            throw new IllegalArgumentException("targetDelay: " + targetDelay + " (expected: above zero)");
        }
    }

    double clamp(double limit) {
        return Math.min(Math.max(limit, min), max);
    }

    double targetDelayNanos() {
        return targetDelay.toNanos();
    }
}
