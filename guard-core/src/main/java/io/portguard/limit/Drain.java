package io.portguard.limit;

/**
 * A moment with less in flight than the service has room for, to see how long requests take when none waits.
 * Immutable: each window makes the next state.
 *
 * @param phase where it has got to
 * @param rateBefore what the service delivered before, in requests a nanosecond
 * @param elapsedNanos of this phase
 * @param emptyingNanos how long those admitted before need to end
 * @param completed how many requests ended while measuring
 * @param served how many of them were served
 * @param latencySumNanos what these took
 */
record Drain(
        Phase phase,
        double rateBefore,
        double elapsedNanos,
        double emptyingNanos,
        long completed,
        long served,
        double latencySumNanos) {

    /** Where a drain has got to. */
    enum Phase {
        /** None is under way, or one has ended. */
        NONE,
        /** Those admitted before it have yet to end. */
        EMPTYING,
        /** What ends now was admitted with room to spare. */
        MEASURING
    }

    static final Drain NONE = new Drain(Phase.NONE, 0, 0, 0, 0, 0, 0);

    private static final long ENOUGH_REQUESTS = 100;
    private static final double MAX_MEASURING_NANOS = 500e6;

    /** When no less is delivered with less in flight, what was taken out was a queue, and more of it is left. */
    private static final double SAME_RATE = 0.9;

    /** Begins a drain of a service that delivers so much, and whose requests take so long at present. */
    static Drain start(double rate, double latencyNanos) {
        return new Drain(Phase.EMPTYING, rate, 0, latencyNanos, 0, 0, 0);
    }

    boolean isUnderWay() {
        return phase != Phase.NONE;
    }

    /** Whether anything was measured. */
    boolean hasMeasured() {
        return served > 0;
    }

    /** The mean latency that was measured. */
    double latencyNanos() {
        return latencySumNanos / served;
    }

    /** Whether requests waited even now, so that the latency is not the service's own. */
    boolean foundQueue() {
        return rate() >= rateBefore * SAME_RATE;
    }

    /** What was delivered while measuring, in requests a nanosecond. */
    double rate() {
        return elapsedNanos == 0 ? 0 : completed / elapsedNanos;
    }

    Drain next(Window window) {
        double elapsed = elapsedNanos + window.durationNanos();
        if (phase == Phase.EMPTYING) {
            return elapsed < emptyingNanos
                    ? new Drain(phase, rateBefore, elapsed, emptyingNanos, 0, 0, 0)
                    : new Drain(Phase.MEASURING, rateBefore, 0, emptyingNanos, 0, 0, 0);
        }
        long servedNow = served + window.served();
        boolean enough = servedNow >= ENOUGH_REQUESTS || elapsed >= MAX_MEASURING_NANOS;
        return new Drain(
                enough ? Phase.NONE : phase,
                rateBefore,
                elapsed,
                emptyingNanos,
                completed + window.completed(),
                servedNow,
                latencySumNanos + window.latencySumNanos());
    }
}
