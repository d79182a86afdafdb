package io.portguard.rule;

import io.portguard.Outcome;
import io.portguard.StripedSums;
import io.portguard.limit.Window;

/**
 * Gathers how requests ended. Written by many threads, each mostly to a stripe of its own; read by one. Sums only
 * ever grow, and a window is the difference of two readings, so that nothing is lost between them.
 */
final class Sampler {

    /** The three kinds of completed requests; so that one that was served, as most are, is added to one sum and not to two. */
    private static final int SERVED = 0;

    private static final int DROPPED = 1;
    private static final int FAILED = 2;

    private static final int LATENCY = 3;
    private static final int IN_FLIGHT = 4;
    private static final int REFUSED = 5;
    private static final int REFUSED_FIRST = 6;
    private static final int FIELDS = 7;

    private final StripedSums sums = new StripedSums(FIELDS);
    private long[] before = new long[FIELDS];

    void ended(Outcome outcome, long latencyNanos, int inFlight) {
        if (outcome == Outcome.IGNORED) {
            return;
        }
        StripedSums.Stripe stripe = sums.stripe();
        stripe.add(IN_FLIGHT, inFlight);
        if (outcome == Outcome.SUCCESS) {
            stripe.add(SERVED, 1);
            stripe.add(LATENCY, latencyNanos);
        } else {
            stripe.add(outcome == Outcome.DROPPED ? DROPPED : FAILED, 1);
        }
    }

    /**
     * A request was refused.
     *
     * @param first whether it was one of those that come first and find the whole limit open
     */
    void refused(boolean first) {
        StripedSums.Stripe stripe = sums.stripe();
        stripe.add(REFUSED, 1);
        if (first) {
            stripe.add(REFUSED_FIRST, 1);
        }
    }

    /** What has been gathered since the last window; to be called by one thread at a time. */
    Window next(long durationNanos, int peakInFlight, int standing, int grown) {
        long[] now = sums.sums();
        long[] since = new long[FIELDS];
        for (int field = 0; field < FIELDS; field++) {
            since[field] = now[field] - before[field];
        }
        before = now;
        long completed = since[SERVED] + since[DROPPED] + since[FAILED];
        return new Window(
                durationNanos,
                completed,
                since[SERVED],
                since[DROPPED],
                since[LATENCY],
                since[IN_FLIGHT],
                peakInFlight,
                standing,
                completed + grown,
                since[REFUSED],
                since[REFUSED_FIRST]);
    }

    /** How many have ended since the last window. */
    long completedSinceWindow() {
        return sinceWindow(SERVED) + sinceWindow(DROPPED) + sinceWindow(FAILED);
    }

    /** How many were refused since the last window. */
    long refusedSinceWindow() {
        return sinceWindow(REFUSED);
    }

    private long sinceWindow(int field) {
        return sums.sum(field) - before[field];
    }
}
