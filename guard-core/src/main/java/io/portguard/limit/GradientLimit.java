package io.portguard.limit;

/**
 * The limit times the ratio of long-term to present latency, plus room for a queue of the limit's square root:
 * the "gradient" of Netflix's concurrency-limits (Gradient2) and of Envoy's adaptive concurrency filter. It
 * reads windows rather than single requests.
 */
final class GradientLimit extends SteppedLimit {

    /** How much worse than in the long term latency may be before the limit goes down. */
    private static final double TOLERANCE = 1.5;

    private static final double SMOOTHING = 0.2;
    private static final double LONG_TERM_WINDOWS = 600;
    private static final double RECOVERY = 0.95;
    private static final double DROPPED = 0.9;

    private double longTermNanos;

    GradientLimit(LimitParameters parameters) {
        super(parameters);
    }

    @Override
    double next(double limit, Window window) {
        double next = limit;
        if (window.served() > 0) {
            // Never nothing: a ratio of nothing to nothing is no number, and neither would the limit be.
            double latency = Math.max(1, window.meanLatencyNanos());
            longTermNanos =
                    longTermNanos == 0 ? latency : longTermNanos + (latency - longTermNanos) / LONG_TERM_WINDOWS;
            if (longTermNanos > 2 * latency) {
                // After a long overload the memory of it is let go of quickly.
                longTermNanos *= RECOVERY;
            }
            boolean used = window.refused() > 0 || window.peakInFlight() * 2 >= limit;
            if (used) {
                double gradient = Math.max(0.5, Math.min(1, TOLERANCE * longTermNanos / latency));
                next += (limit * gradient + Math.sqrt(limit) - limit) * SMOOTHING;
            }
        }
        return window.dropped() > 0 ? next * DROPPED : next;
    }
}
