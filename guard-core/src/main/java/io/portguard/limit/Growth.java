package io.portguard.limit;

import java.time.Duration;

/**
 * By how much more than the known capacity is tried, while there are signs that it is too low. Not thread-safe.
 *
 * <p>A step is given the time to show in the latency before the next is taken. A try that made requests wait is
 * not repeated for a second, and then for longer and longer.
 */
final class Growth {

    private static final double STEP = 1.5;
    private static final double LATENCIES_A_STEP = 1.5;
    private static final double LATENCIES_TO_FILL = 3;
    private static final double MIN_FILL_NANOS = Duration.ofMillis(200).toNanos();
    private static final double FIRST_WAIT_NANOS = Duration.ofSeconds(1).toNanos();
    private static final double LONGEST_WAIT_NANOS = Duration.ofSeconds(10).toNanos();

    private double factor = 1;
    private double sinceStepNanos;
    private double waitNanos;
    private double nextWaitNanos = FIRST_WAIT_NANOS;

    double factor() {
        return factor;
    }

    /**
     * Goes on by a window.
     *
     * @param wanted whether the limit was used up and nobody waited
     * @param latencyNanos how long requests take
     */
    void next(boolean wanted, double latencyNanos, long durationNanos) {
        sinceStepNanos += durationNanos;
        waitNanos -= durationNanos;
        if (!wanted) {
            if (factor > 1) {
                waitNanos = nextWaitNanos;
                nextWaitNanos = Math.min(nextWaitNanos * 2, LONGEST_WAIT_NANOS);
            }
            factor = 1;
        } else if (waitNanos <= 0 && sinceStepNanos >= latencyNanos * LATENCIES_A_STEP) {
            factor = STEP;
            sinceStepNanos = 0;
        }
    }

    /** Waits until what was held back for a moment is in flight again. */
    void hold(double latencyNanos) {
        waitNanos = Math.max(waitNanos, latencyNanos * LATENCIES_TO_FILL + MIN_FILL_NANOS);
    }

    /** Forgets tries that failed. What is being tried stays: nothing speaks against it while nobody waits. */
    void forgive() {
        waitNanos = 0;
        nextWaitNanos = FIRST_WAIT_NANOS;
    }
}
