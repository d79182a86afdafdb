package io.portguard.limit;

import java.time.Duration;

/**
 * A moment with less in flight than the service has room for, to see how long requests take when none waits. Not
 * thread-safe.
 */
final class Drain {

    /** Where a drain has got to. */
    private enum Phase {
        /** More is in flight than is allowed. */
        EMPTYING,
        /** What ends now may have waited before. */
        SETTLING,
        /** What ends now was admitted with room to spare. */
        MEASURING,
        OVER
    }

    private static final long ENOUGH_REQUESTS = 100;
    private static final double MAX_MEASURING_NANOS = Duration.ofMillis(500).toNanos();
    private static final double MIN_MEASURING_LATENCIES = 2;
    private static final double MAX_MEASURING_LATENCIES = 3;
    private static final double GENTLE_NANOS = Duration.ofMillis(50).toNanos();
    private static final double GENTLE_LATENCIES = 1.5;
    /** What waited before has certainly ended after so many of the latencies that there were with it. */
    private static final double SETTLED_LATENCIES = 2;

    /** Of fewer it cannot be said that those which take long are not among them. */
    private static final long MANY_REQUESTS = 20;

    private static final double MAX_EMPTYING_NANOS = Duration.ofSeconds(5).toNanos();
    private static final double MAX_EMPTYING_LATENCIES = 5;

    /** When no less is delivered with less in flight, what was taken out was a queue, and more of it is left. */
    private static final double SAME_RATE = 0.8;

    private final int limit;
    private final double rateBefore;
    private final double latencyBefore;
    private boolean strict;
    private Phase phase = Phase.EMPTYING;
    private double elapsedNanos;
    private double settlingNanos;
    private double measuredNanos;
    private long completed;
    private long served;
    private double latencySumNanos;
    private double inFlightSum;

    /**
     * Begins a drain.
     *
     * @param limit how many may be in flight
     * @param rateBefore what the service delivered before, in requests a nanosecond
     * @param latencyBefore how long its requests took
     */
    Drain(int limit, double rateBefore, double latencyBefore) {
        this.limit = limit;
        this.rateBefore = rateBefore;
        this.latencyBefore = latencyBefore;
    }

    int limit() {
        return limit;
    }

    /**
     * Whether those who matter most are held back too. They are not at first: where others take most of the service,
     * it is enough to hold those back.
     */
    boolean isStrict() {
        return strict;
    }

    boolean isOver() {
        return phase == Phase.OVER;
    }

    /** Whether anything was measured. */
    boolean hasMeasured() {
        return phase == Phase.OVER && served > 0;
    }

    double rateBefore() {
        return rateBefore;
    }

    /** How many requests were measured. */
    long served() {
        return served;
    }

    /**
     * The mean latency that was measured. Those that take long may not have ended yet, but they were in flight: by
     * Little's law the latency is what was in flight over what was delivered.
     */
    double latencyNanos() {
        return Math.max(latencySumNanos / served, (inFlightSum / completed - 1) / rate());
    }

    /** What was delivered while measuring, in requests a nanosecond. */
    double rate() {
        return measuredNanos == 0 ? 0 : completed / measuredNanos;
    }

    /** Whether requests waited even now, so that the latency is not the service's own. */
    boolean foundQueue() {
        return rate() >= rateBefore * SAME_RATE;
    }

    void next(Window window) {
        elapsedNanos += window.durationNanos();
        boolean isEmpty = window.meanInFlight() <= limit + 1;
        if (phase != Phase.EMPTYING && !isEmpty) {
            // Those who matter most have filled it again.
            strict = true;
            phase = Phase.EMPTYING;
            elapsedNanos = 0;
            measuredNanos = 0;
            completed = 0;
            served = 0;
            latencySumNanos = 0;
            inFlightSum = 0;
        } else if (phase == Phase.EMPTYING) {
            empty(window, isEmpty);
        } else if (phase == Phase.SETTLING && elapsedNanos >= settlingNanos) {
            phase = Phase.MEASURING;
        } else if (phase == Phase.MEASURING) {
            measure(window);
        }
    }

    private void empty(Window window, boolean isEmpty) {
        if (isEmpty) {
            // Little's law: how long what is in flight now takes.
            settlingNanos =
                    Math.max(window.meanInFlight() * window.durationNanos() / window.completed(), latencyBefore / 2);
            elapsedNanos = 0;
            // Where it was empty throughout a window that is long enough, what settles has settled.
            boolean isSettled = window.peakInFlight() <= limit + 1
                    && window.completed() >= MANY_REQUESTS
                    && window.durationNanos() >= latencyBefore * SETTLED_LATENCIES;
            phase = isSettled ? Phase.MEASURING : Phase.SETTLING;
        } else if (!strict && elapsedNanos > Math.max(GENTLE_NANOS, latencyBefore * GENTLE_LATENCIES)) {
            strict = true;
        } else if (elapsedNanos > Math.max(MAX_EMPTYING_NANOS, latencyBefore * MAX_EMPTYING_LATENCIES)) {
            phase = Phase.OVER;
        }
    }

    private void measure(Window window) {
        measuredNanos += window.durationNanos();
        completed += window.completed();
        served += window.served();
        latencySumNanos += window.latencySumNanos();
        inFlightSum += window.inFlightSum();
        boolean enough = served >= ENOUGH_REQUESTS && measuredNanos >= settlingNanos * MIN_MEASURING_LATENCIES;
        if (enough || measuredNanos >= Math.max(MAX_MEASURING_NANOS, settlingNanos * MAX_MEASURING_LATENCIES)) {
            phase = Phase.OVER;
        }
    }
}
