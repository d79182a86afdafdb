package io.portguard.limit;

/**
 * A moment with less in flight than the service has room for, to see how long requests take when none waits.
 * Immutable: each window makes the next state.
 *
 * @param phase where it has got to
 * @param remainingNanos of a phase under way
 * @param served how many requests have been measured
 * @param latencySumNanos what they took
 */
record Drain(Phase phase, double remainingNanos, long served, double latencySumNanos) {

    /** Where a drain has got to. */
    enum Phase {
        /** None is under way, or one has ended. */
        NONE,
        /** Those admitted before it have yet to end. */
        EMPTYING,
        /** What ends now was admitted with room to spare. */
        MEASURING
    }

    private static final long ENOUGH_REQUESTS = 100;
    private static final double MAX_MEASURING_NANOS = 500e6;

    static final Drain NONE = new Drain(Phase.NONE, 0, 0, 0);

    /** Begins a drain of a service whose requests take so long at present. */
    static Drain start(double latencyNanos) {
        return new Drain(Phase.EMPTYING, latencyNanos, 0, 0);
    }

    boolean isUnderWay() {
        return phase != Phase.NONE;
    }

    /** The mean latency that was measured; 0 when nothing was. */
    double latencyNanos() {
        return served == 0 ? 0 : latencySumNanos / served;
    }

    Drain next(Window window) {
        double remaining = remainingNanos - window.durationNanos();
        if (phase == Phase.EMPTYING) {
            return remaining > 0
                    ? new Drain(Phase.EMPTYING, remaining, 0, 0)
                    : new Drain(Phase.MEASURING, MAX_MEASURING_NANOS, 0, 0);
        }
        long servedNow = served + window.served();
        double sumNow = latencySumNanos + window.latencySumNanos();
        boolean enough = servedNow >= ENOUGH_REQUESTS || remaining <= 0;
        return new Drain(enough ? Phase.NONE : Phase.MEASURING, remaining, servedNow, sumNow);
    }
}
