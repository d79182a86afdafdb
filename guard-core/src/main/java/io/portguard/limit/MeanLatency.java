package io.portguard.limit;

/**
 * The mean latency of the last few hundred requests, in nanoseconds. Not thread-safe.
 *
 * <p>It is not known at first: of requests that began together the quick ones end first, so that the first
 * windows show less than the mean. As many have to end as were in flight.
 */
final class MeanLatency {

    private static final double MEMORY = 250;
    private static final double ENOUGH_LATENCIES = 2;
    private static final double MANY = 100;
    private static final double MANY_LATENCIES = 5;
    private static final double ENOUGH_TURNOVERS = 1.5;

    private double nanos;
    private double endedNanos;
    private double littleNanos;
    private double weight;
    private double elapsedNanos;
    private double turnovers;

    void add(Window window) {
        elapsedNanos += window.durationNanos();
        if (window.served() > 0) {
            weight = Math.min(weight, MEMORY) + window.served();
            double part = window.served() / weight;
            endedNanos += (window.meanLatencyNanos() - endedNanos) * part;
            // Where a limit that rises lets in more than ends, they have not been there for as long as they will take.
            long passed = window.refused() > 0 ? Math.max(window.completed(), window.admitted()) : window.completed();
            double byLittle = (window.meanInFlight() - 1) * window.durationNanos() / passed;
            // Of a burst that came and went the law says nothing.
            littleNanos += ((window.isStationary() ? byLittle : window.meanLatencyNanos()) - littleNanos) * part;
            nanos = Math.max(endedNanos, littleNanos);
        }
        turnovers += window.completed() / Math.max(1, window.meanInFlight());
    }

    /** Whether it is known of many requests. */
    boolean isCertain() {
        return weight >= MANY && elapsedNanos >= nanos * MANY_LATENCIES && isTurnedOver();
    }

    boolean isKnown() {
        return isTurnedOver() && elapsedNanos >= nanos * ENOUGH_LATENCIES;
    }

    /** Whether as many have ended as were in flight. */
    boolean isTurnedOver() {
        return weight > 0 && turnovers >= ENOUGH_TURNOVERS;
    }

    double nanos() {
        return nanos;
    }

    /** The mean of those that have ended, however many others there are that take longer. */
    double endedNanos() {
        return endedNanos;
    }

    /** Begins anew, after something changed that latency depends on. */
    void forget() {
        nanos = 0;
        endedNanos = 0;
        littleNanos = 0;
        weight = 0;
        elapsedNanos = 0;
        turnovers = 0;
    }
}
