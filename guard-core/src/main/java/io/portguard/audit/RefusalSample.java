package io.portguard.audit;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Picks the refusals to record: of a client and reason one a second, and so many a second of all. Lock-free and of a
 * fixed size: two clients of the same hash count as one.
 */
final class RefusalSample {

    /** The refusal is not to be recorded. */
    static final long PASSED_OVER = -1;

    private static final int SLOTS = 1 << 14;
    private static final int MAX_A_SECOND = 1_000;

    /** Set in every second, so that none looks like a slot never used. */
    private static final int NEVER_ZERO = 1 << 31;

    /*
     * A slot holds the second of the last recorded refusal above and the number passed over since below. Seconds wrap
     * after 68 years.
     */
    private final AtomicLongArray slots = new AtomicLongArray(SLOTS);
    private final AtomicLongArray all = new AtomicLongArray(1);

    /** How many of the same client and reason were passed over since the last recorded one, or {@link #PASSED_OVER}. */
    long take(int hash, long nowNanos) {
        int second = (int) TimeUnit.NANOSECONDS.toSeconds(nowNanos) | NEVER_ZERO;
        int slot = ((hash * 0x9e37_79b9) >>> 16) & (SLOTS - 1);
        while (true) {
            long before = slots.get(slot);
            boolean due = (int) (before >>> 32) != second && roomFor(second);
            long after = due ? ((long) second << 32) : before + 1;
            if (slots.compareAndSet(slot, before, after)) {
                return due ? before & 0xffff_ffffL : PASSED_OVER;
            }
        }
    }

    private boolean roomFor(int second) {
        while (true) {
            long before = all.get(0);
            long count = (int) (before >>> 32) == second ? (before & 0xffff_ffffL) : 0;
            if (count >= MAX_A_SECOND) {
                return false;
            }
            if (all.compareAndSet(0, before, ((long) second << 32) | (count + 1))) {
                return true;
            }
        }
    }
}
