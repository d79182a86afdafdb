package io.portguard.limit;

import java.time.Duration;

/**
 * Tells for how long latency has been the same while nobody was refused. A queue that nobody is turned away from
 * grows or shrinks; what stays as it is, is how long the service takes. Not thread-safe.
 */
final class Steadiness {

    private static final double SAME = 0.1;
    private static final double LONG_NANOS = Duration.ofSeconds(1).toNanos();
    private static final double LONG_LATENCIES = 5;
    private static final long MANY_REQUESTS = 500;

    private double anchorNanos;
    private double nanos;
    private long requests;

    void next(Window window, double latencyNanos) {
        if (window.refused() > 0 || Math.abs(latencyNanos - anchorNanos) > anchorNanos * SAME) {
            anchorNanos = latencyNanos;
            nanos = 0;
            requests = 0;
        }
        nanos += window.durationNanos();
        requests += window.completed();
    }

    boolean isLong() {
        return requests >= MANY_REQUESTS && nanos >= Math.max(LONG_NANOS, anchorNanos * LONG_LATENCIES);
    }
}
