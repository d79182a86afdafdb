package io.portguard.limit;

/**
 * The mean latency of the last hundred requests or so, in nanoseconds. Not thread-safe.
 *
 * <p>It is not known at first: of requests that began together the quick ones end first, so that the first
 * windows show less than the mean.
 */
final class MeanLatency {

    private static final double MEMORY = 100;
    private static final double ENOUGH_LATENCIES = 2;

    private double nanos;
    private double weight;
    private double elapsedNanos;

    void add(Window window) {
        elapsedNanos += window.durationNanos();
        if (window.served() > 0) {
            weight = Math.min(weight, MEMORY) + window.served();
            nanos += (window.meanLatencyNanos() - nanos) * window.served() / weight;
        }
    }

    boolean isKnown() {
        return weight > 0 && elapsedNanos >= nanos * ENOUGH_LATENCIES;
    }

    double nanos() {
        return nanos;
    }

    /** Begins anew, after something changed that latency depends on. */
    void forget() {
        nanos = 0;
        weight = 0;
        elapsedNanos = 0;
    }
}
