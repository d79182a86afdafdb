package io.portguard;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * A few sums that many threads add to at every decision, and that are read now and then. Thread-safe and lock-free. A
 * reading is exact once the additions have happened before it; of additions that go on it may see some and not others,
 * but none without those that happened before it.
 */
public final class StripedSums {

    /*
     * A thread that has a stripe to itself adds with a load and a store. Nobody else writes there, so nothing is lost,
     * and it costs a fraction of an atomic addition, of which a decision would need half a dozen. A thread finds its
     * stripe by its number; whoever meets another thread's there adds atomically to a second one beside it. So memory is
     * bounded however many threads come, and virtual threads, of which there may be thousands, find room.
     *
     * A stripe belongs to its thread until that has ended, and goes to another one then with what is in it. That the
     * thread has ended is seen by Thread.isAlive, after which all that it wrote is seen too.
     */

    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final AtomicReferenceFieldUpdater<Stripe, Thread> OWNER =
            AtomicReferenceFieldUpdater.newUpdater(Stripe.class, Thread.class, "owner");

    private static final int STRIPES = 64;

    /** A cache line before and after the sums, so that threads do not meet in one. */
    private static final int PADDING = 8;

    private final int count;
    private final AtomicReferenceArray<@Nullable Stripe> own = new AtomicReferenceArray<>(STRIPES);
    private final AtomicReferenceArray<@Nullable Stripe> shared = new AtomicReferenceArray<>(STRIPES);

    /** So many sums, all of them 0. */
    public StripedSums(int count) {
        this.count = count;
    }

    /** Where the present thread adds; not to be handed to another one, or kept. */
    public Stripe stripe() {
        Thread thread = Thread.currentThread();
        int index = (int) thread.getId() & (STRIPES - 1);
        Stripe stripe = own.get(index);
        return stripe != null && stripe.owner == thread ? stripe : taken(index, thread);
    }

    private Stripe taken(int index, Thread thread) {
        Stripe stripe = present(own, index, true);
        return stripe.owner == null && OWNER.compareAndSet(stripe, null, thread)
                ? stripe
                : present(shared, index, false);
    }

    private Stripe present(AtomicReferenceArray<@Nullable Stripe> stripes, int index, boolean exclusive) {
        Stripe known = stripes.get(index);
        if (known != null) {
            return known;
        }
        Stripe made = new Stripe(count, exclusive);
        Stripe first = stripes.compareAndExchange(index, null, made);
        return first == null ? made : first;
    }

    /** One of the sums, the first being number 0. */
    public long sum(int number) {
        long sum = 0;
        for (int i = 0; i < STRIPES; i++) {
            sum += valueIn(own.get(i), number) + valueIn(shared.get(i), number);
        }
        return sum;
    }

    /** All sums; to be called now and then, as it also lets go of threads that have ended. */
    public long[] sums() {
        long[] sums = new long[count];
        for (int i = 0; i < STRIPES; i++) {
            Stripe stripe = own.get(i);
            addTo(sums, stripe);
            addTo(sums, shared.get(i));
            if (stripe != null) {
                stripe.leaveIfEnded();
            }
        }
        return sums;
    }

    private static void addTo(long[] sums, @Nullable Stripe stripe) {
        if (stripe != null) {
            for (int number = 0; number < sums.length; number++) {
                sums[number] += valueIn(stripe, number);
            }
        }
    }

    private static long valueIn(@Nullable Stripe stripe, int number) {
        return stripe == null ? 0 : (long) LONGS.getAcquire(stripe.cells, PADDING + number);
    }

    /** A part of each sum, to which one thread adds, or several that share it. */
    public static final class Stripe {

        private final boolean exclusive;
        private final long[] cells;
        private volatile @Nullable Thread owner;

        private Stripe(int count, boolean exclusive) {
            this.exclusive = exclusive;
            this.cells = new long[PADDING + count + PADDING];
        }

        /** Adds to one of the sums. */
        public void add(int number, long summand) {
            int cell = PADDING + number;
            if (exclusive) {
                LONGS.setRelease(cells, cell, cells[cell] + summand);
            } else {
                LONGS.getAndAdd(cells, cell, summand);
            }
        }

        private void leaveIfEnded() {
            Thread present = owner;
            if (present != null && !present.isAlive()) {
                OWNER.compareAndSet(this, present, null);
            }
        }
    }
}
