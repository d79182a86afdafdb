package io.portguard.limit;

/**
 * Additive increase, multiplicative decrease (Chiu and Jain, "Analysis of the increase and decrease algorithms
 * for congestion avoidance", 1989): up by one for a window that used the limit and was on time, down by a tenth
 * for one with drops or with a mean latency above the least seen by more than the target delay.
 */
final class AimdLimit extends SteppedLimit {

    private static final double DECREASE = 0.9;

    private double leastLatencyNanos = Double.MAX_VALUE;

    AimdLimit(LimitParameters parameters) {
        super(parameters);
    }

    @Override
    double next(double limit, Window window) {
        double latency = window.meanLatencyNanos();
        if (window.served() > 0) {
            leastLatencyNanos = Math.min(leastLatencyNanos, latency);
        }
        boolean late = window.served() > 0 && latency > leastLatencyNanos + targetDelayNanos();
        if (window.dropped() > 0 || late) {
            return limit * DECREASE;
        }
        return window.refused() > 0 || window.peakInFlight() >= limit ? limit + 1 : limit;
    }
}
