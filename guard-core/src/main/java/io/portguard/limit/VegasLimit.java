package io.portguard.limit;

/**
 * TCP Vegas on a service (Brakmo and Peterson, "TCP Vegas: End to End Congestion Avoidance on a Global
 * Internet", 1995): of the requests in flight, {@code inFlight * (1 - least / latency)} are estimated to be
 * waiting; the limit grows while they are fewer than {@code alpha} and shrinks while they are more than {@code
 * beta}, both proportional to the logarithm of the limit. It reads windows rather than single requests.
 */
final class VegasLimit extends SteppedLimit {

    private static final double ALPHA = 3;
    private static final double BETA = 6;

    private double leastLatencyNanos = Double.MAX_VALUE;

    VegasLimit(LimitParameters parameters) {
        super(parameters);
    }

    @Override
    double next(double limit, Window window) {
        double step = Math.max(1, Math.log10(limit));
        if (window.served() == 0) {
            return window.dropped() > 0 ? limit - step : limit;
        }
        // Never nothing: a ratio of nothing to nothing is no number, and neither would the limit be.
        double latency = Math.max(1, window.meanLatencyNanos());
        leastLatencyNanos = Math.min(leastLatencyNanos, latency);
        double waiting = window.meanInFlight() * (1 - leastLatencyNanos / latency);
        boolean used = window.refused() > 0 || window.peakInFlight() * 2 >= limit;
        if (window.dropped() > 0 || waiting > BETA * step) {
            return limit - step;
        }
        if (used && waiting < ALPHA * step) {
            return limit + (waiting < step ? BETA * step : step);
        }
        return limit;
    }
}
