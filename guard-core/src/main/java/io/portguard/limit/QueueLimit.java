package io.portguard.limit;

import java.time.Duration;

/**
 * How many may wait: many for a burst, and no more than the target delay allows once they are there to stay. Not
 * thread-safe.
 */
final class QueueLimit {

    private static final double TARGET_PART = 0.85;
    private static final double LEAST = 0.25;
    private static final double SHRINK = 0.7;
    private static final double SHRINK_NANOS = Duration.ofMillis(50).toNanos();
    /** A queue that has turned nobody away is a burst for so long. */
    private static final double PASSING_NANOS = Duration.ofSeconds(1).toNanos();

    private static final double RECOVERY_NANOS = Duration.ofSeconds(5).toNanos();

    /** 1 is room for a burst, 0 for what may stand. */
    private double stretch = 1;
    /** For how long more than may stand has been waiting. */
    private double excessNanos;

    /**
     * Goes on by a window.
     *
     * @param capacity how many are worked on at once
     * @param target how many are served in the target delay
     */
    void next(Window window, double capacity, double target) {
        if (window.meanInFlight() - capacity > standing(capacity, target)) {
            excessNanos += window.durationNanos();
            if (window.refused() > 0 || excessNanos > PASSING_NANOS) {
                stretch *= Math.pow(SHRINK, Math.max(1, window.durationNanos() / SHRINK_NANOS));
            }
        } else {
            excessNanos = 0;
            if (window.refused() == 0) {
                stretch = Math.min(1, stretch + window.durationNanos() / RECOVERY_NANOS);
            }
        }
    }

    double places(double capacity, double target) {
        return places(capacity, target, stretch);
    }

    /** How many may wait once a burst has filled the places that there are for it. */
    double placesOnceFull(double capacity, double target) {
        return places(capacity, target, stretch * SHRINK);
    }

    private static double places(double capacity, double target, double stretch) {
        double standing = standing(capacity, target);
        double burst = Math.max(standing, capacity + TARGET_PART * target);
        return standing + (burst - standing) * stretch;
    }

    private static double standing(double capacity, double target) {
        return Math.max(target * TARGET_PART, capacity * LEAST);
    }
}
