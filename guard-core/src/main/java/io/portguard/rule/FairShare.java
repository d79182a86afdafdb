package io.portguard.rule;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Tells how far a client is above its fair share of what all use, without a number set by hand. Thread-safe;
 * only {@link #tick} must be called by one thread at a time.
 */
final class FairShare {

    /*
     * The share is max-min fair (Bertsekas and Gallager, "Data Networks", 1992, section 6.5): the level f at
     * which the usages of all clients, each cut off at f, add up to a given part of what is used. Clients that
     * want less than f are below it whatever the others do; the heavy ones are above it in the measure in which
     * they are heavier. Nobody's demand has to be known: a client above the level is refused first, so its usage
     * falls towards that of the others, for as long as those want more. What they leave over it gets.
     *
     * The clients seen in a period of half a second are gathered in a histogram of their usages, with two
     * buckets to an octave; a client is counted when it is first seen in the period. So the work is one
     * increment a client and period, and the level costs a walk over 64 buckets.
     */

    /** Below its share, little above it, clearly, and far above. */
    static final int STANDINGS = 4;

    private static final double[] ABOVE = {1.0, 1.5, 3.0};
    private static final double PART_OF_USE = 0.8;
    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final int BUCKETS = 64;
    private static final int LOWEST_EXPONENT = -16;

    private volatile double share = Double.POSITIVE_INFINITY;
    private volatile int period = 1;
    private volatile AtomicIntegerArray usages = new AtomicIntegerArray(BUCKETS);
    private volatile boolean enabled = true;
    private long periodEndsAtNanos;

    FairShare(long nowNanos) {
        periodEndsAtNanos = nowNanos + PERIOD_NANOS;
    }

    void enabled(boolean is) {
        enabled = is;
    }

    boolean isEnabled() {
        return enabled;
    }

    /** How far the client is above its share: 0 when it is not, up to {@link #STANDINGS} - 1. */
    int standing(ClientState client, long nowNanos) {
        if (!enabled) {
            return 0;
        }
        double usage = client.accrue(nowNanos);
        if (client.seenFirstIn(period)) {
            usages.getAndIncrement(bucket(usage));
        }
        double fair = share;
        if (usage <= fair) {
            return 0;
        }
        int standing = 1;
        while (standing < ABOVE.length && usage > fair * ABOVE[standing]) {
            standing++;
        }
        return standing;
    }

    void tick(long nowNanos) {
        if (nowNanos - periodEndsAtNanos >= 0) {
            periodEndsAtNanos = nowNanos + PERIOD_NANOS;
            AtomicIntegerArray seen = usages;
            usages = new AtomicIntegerArray(BUCKETS);
            period = period == Integer.MAX_VALUE ? 1 : period + 1;
            share = level(seen);
        }
    }

    private static double level(AtomicIntegerArray seen) {
        double used = 0;
        int clients = 0;
        for (int i = 0; i < BUCKETS; i++) {
            used += seen.get(i) * middle(i);
            clients += seen.get(i);
        }
        if (clients < 2) {
            // Nobody else is there to be fair to.
            return Double.POSITIVE_INFINITY;
        }
        double toShare = used * PART_OF_USE;
        for (int i = 0; i < BUCKETS && clients > 0; i++) {
            if (toShare / clients <= middle(i)) {
                return toShare / clients;
            }
            toShare -= seen.get(i) * middle(i);
            clients -= seen.get(i);
        }
        return Double.POSITIVE_INFINITY;
    }

    private static int bucket(double usage) {
        if (usage < Math.scalb(1.0, LOWEST_EXPONENT)) {
            return 0;
        }
        int exponent = Math.getExponent(usage);
        int upperHalf = usage >= Math.scalb(1.5, exponent) ? 1 : 0;
        return Math.min(BUCKETS - 1, (exponent - LOWEST_EXPONENT) * 2 + upperHalf);
    }

    private static double middle(int bucket) {
        return Math.scalb(bucket % 2 == 0 ? 1.25 : 1.75, LOWEST_EXPONENT + bucket / 2);
    }
}
