package io.portguard.audit;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Picks the refusals to record: of a client and reason one a second, and of all so many a second, spread over the second so
 * that there is never much to write at a time. Lock-free and of a fixed size: two clients of the same hash count as one.
 */
final class RefusalSample {

    /** The refusal is not to be recorded. */
    static final long PASSED_OVER = -1;

    /** So many of all are picked at once after a quiet while. */
    static final int BURST = 100;

    private static final int SLOTS = 1 << 14;
    private static final long NANOS_BETWEEN = TimeUnit.SECONDS.toNanos(1) / 1_000;

    /** Set in every second, so that none looks like a slot never used. */
    private static final int NEVER_ZERO = 1 << 31;

    /*
     * A slot holds the second of the last recorded refusal above and the number passed over since below. Seconds wrap
     * after 68 years.
     */
    private final AtomicLongArray slots = new AtomicLongArray(SLOTS);

    /** The theoretical arrival time of the next of all, as in the generic cell rate algorithm. */
    private final AtomicLong nextOfAll;

    RefusalSample(long nowNanos) {
        nextOfAll = new AtomicLong(nowNanos);
    }

    /** How many of the same client and reason were passed over since the last recorded one, or {@link #PASSED_OVER}. */
    long take(int hash, long nowNanos) {
        int second = (int) TimeUnit.NANOSECONDS.toSeconds(nowNanos) | NEVER_ZERO;
        int slot = ((hash * 0x9e37_79b9) >>> 16) & (SLOTS - 1);
        while (true) {
            long before = slots.get(slot);
            boolean due = (int) (before >>> 32) != second && isRoomFor(nowNanos);
            long after = due ? ((long) second << 32) : before + 1;
            if (slots.compareAndSet(slot, before, after)) {
                return due ? before & 0xffff_ffffL : PASSED_OVER;
            }
        }
    }

    private boolean isRoomFor(long nowNanos) {
        while (true) {
            long before = nextOfAll.get();
            long from = before - nowNanos > 0 ? before : nowNanos;
            if (from - nowNanos > (BURST - 1) * NANOS_BETWEEN) {
                return false;
            }
            if (nextOfAll.compareAndSet(before, from + NANOS_BETWEEN)) {
                return true;
            }
        }
    }
}
