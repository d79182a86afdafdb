package io.portguard.limit;

/**
 * Additive increase, multiplicative decrease (Chiu and Jain, "Analysis of the increase and decrease algorithms
 * for congestion avoidance", 1989): up by one for a window that used the limit and was on time, down by a tenth
 * for one with drops or with a mean latency above the least seen by more than the target delay.
 */
final class AimdLimit implements Limit {

    private static final double DECREASE = 0.9;

    private LimitParameters parameters;
    private double leastLatencyNanos = Double.MAX_VALUE;
    private double limit;

    AimdLimit(LimitParameters parameters) {
        this.parameters = parameters;
        this.limit = parameters.initial();
    }

    @Override
    public Allowance initial() {
        return allowance();
    }

    @Override
    public Allowance update(Window window) {
        double latency = window.meanLatencyNanos();
        if (window.served() > 0) {
            leastLatencyNanos = Math.min(leastLatencyNanos, latency);
        }
        boolean late = window.served() > 0 && latency > leastLatencyNanos + parameters.targetDelayNanos();
        if (window.dropped() > 0 || late) {
            limit *= DECREASE;
        } else if (window.refused() > 0 || window.peakInFlight() >= limit) {
            limit += 1;
        }
        limit = parameters.clamp(limit);
        return allowance();
    }

    @Override
    public Allowance reconfigure(LimitParameters changed) {
        parameters = changed;
        limit = parameters.clamp(limit);
        return allowance();
    }

    private Allowance allowance() {
        return Allowance.ofLimit((int) Math.round(limit));
    }
}
