package io.portguard.limit;

import java.time.Duration;

/**
 * Tries now and then whether a service that is kept busy delivers more when more is in flight. Not thread-safe.
 *
 * <p>A try that only made requests wait is not repeated for a while, and then for longer and longer.
 */
final class Growth {

    private static final double STEP = 1.5;
    private static final double SETTLING_LATENCIES = 1.5;
    private static final double MEASURING_LATENCIES = 1;
    private static final long ENOUGH_REQUESTS = 100;
    private static final double ENOUGH_NANOS = Duration.ofMillis(100).toNanos();
    private static final double WORTH_IT = 0.5;
    /** Less than that is chance; where the queue is much longer than the work, its length is a try by itself. */
    private static final double CLEARLY_MORE = 0.15;

    private static final double FIRST_WAIT_NANOS = Duration.ofSeconds(6).toNanos();
    private static final double LONGEST_WAIT_NANOS = Duration.ofSeconds(80).toNanos();
    private static final double LATENCIES_TO_FILL = 3;
    private static final double MIN_FILL_NANOS = Duration.ofMillis(200).toNanos();

    private boolean trying;
    private double waitNanos = FIRST_WAIT_NANOS;
    private double nextWaitNanos = FIRST_WAIT_NANOS;

    private double rateBefore;
    private double latencyBefore;
    private double inFlightBefore;
    private double elapsedNanos;
    private double measuredNanos;
    private long completed;
    private double inFlightSum;

    /** By how much more than the known capacity is let in. */
    double factor() {
        return trying ? STEP : 1;
    }

    boolean isTrying() {
        return trying;
    }

    /** How long requests took before the try. */
    double latencyBefore() {
        return latencyBefore;
    }

    /**
     * Goes on by a window of a service that is kept busy.
     *
     * @return whether a try ended now that showed that nobody had waited before
     */
    boolean next(Window window, double rate, double latencyNanos, boolean mayTry) {
        if (!trying) {
            waitNanos -= window.durationNanos();
            if (mayTry && waitNanos <= 0) {
                trying = true;
                rateBefore = rate;
                latencyBefore = latencyNanos;
                inFlightBefore = rate * latencyNanos;
                elapsedNanos = 0;
                measuredNanos = 0;
                completed = 0;
                inFlightSum = 0;
            }
            return false;
        }
        elapsedNanos += window.durationNanos();
        if (elapsedNanos > latencyBefore * SETTLING_LATENCIES) {
            measuredNanos += window.durationNanos();
            completed += window.completed();
            inFlightSum += window.inFlightSum();
        }
        if (completed < ENOUGH_REQUESTS
                || measuredNanos < Math.max(ENOUGH_NANOS, latencyBefore * MEASURING_LATENCIES)) {
            return false;
        }
        trying = false;
        double more = inFlightSum / completed / inFlightBefore - 1;
        double delivered = completed / measuredNanos / rateBefore - 1;
        if (more > CLEARLY_MORE && delivered > more * WORTH_IT) {
            waitNanos = latencyNanos * LATENCIES_TO_FILL;
            nextWaitNanos = FIRST_WAIT_NANOS;
            return true;
        }
        waitNanos = nextWaitNanos;
        nextWaitNanos = Math.min(nextWaitNanos * 2, LONGEST_WAIT_NANOS);
        return false;
    }

    /** Waits until what was held back for a moment is in flight again. */
    void hold(double latencyNanos) {
        waitNanos = Math.max(waitNanos, latencyNanos * LATENCIES_TO_FILL + MIN_FILL_NANOS);
    }

    /** Waits no longer than until what was let in last shows. */
    void hasten(double latencyNanos) {
        waitNanos = Math.min(waitNanos, latencyNanos * LATENCIES_TO_FILL + MIN_FILL_NANOS);
    }

    /** Waits until there is a steady state to compare with. */
    void unsettle() {
        trying = false;
        waitNanos = Math.max(waitNanos, FIRST_WAIT_NANOS);
    }

    /** Forgets tries that failed. */
    void forgive() {
        unsettle();
        nextWaitNanos = FIRST_WAIT_NANOS;
    }
}
