package io.portguard.rule;

import java.util.concurrent.TimeUnit;

/**
 * A score of penalties in one word: the time at which all of it is forgiven, as a token bucket is the time at which it
 * is full. Points are time, as they are forgiven at a constant rate.
 */
final class Score {

    static final int NONE = 0;

    /** No score lasts longer. */
    static final long MAX_NANOS = TimeUnit.DAYS.toNanos(7);

    /*
     * The time is in units of 2^20 ns, a millisecond. Of two times the later one can be told for 26 days; a score that
     * is forgiven is set to NONE long before, by the table's sweep.
     */
    private static final int UNIT_BITS = 20;

    private Score() {}

    /** How long it takes until all is forgiven. */
    static long nanosLeft(int score, long nowNanos) {
        return score == NONE ? 0 : Math.max(0, (long) (score - units(nowNanos)) << UNIT_BITS);
    }

    static int plus(int score, long penaltyNanos, long nowNanos) {
        long untilNanos = nowNanos + Math.min(nanosLeft(score, nowNanos) + penaltyNanos, MAX_NANOS);
        // Rounded up, so that a threshold is reached by the point that reaches it.
        int until = units(untilNanos + (1 << UNIT_BITS) - 1);
        return until == NONE ? 1 : until;
    }

    private static int units(long nanos) {
        return (int) (nanos >> UNIT_BITS);
    }
}
