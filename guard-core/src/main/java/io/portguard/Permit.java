package io.portguard;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * The right to go on with one admitted attempt. It must be released when the work has ended, however it
 * ended; whoever releases first decides the outcome, and every later call does nothing. Thread-safe: it may
 * be released on another thread than it was given on, and by several that race.
 *
 * <p>It is not {@link AutoCloseable} on purpose: how the work ended is known in a {@code catch} block or in a
 * callback, after {@code try} with resources would have closed it.
 */
public final class Permit implements Decision {

    private static final AtomicIntegerFieldUpdater<Permit> HELD =
            AtomicIntegerFieldUpdater.newUpdater(Permit.class, "held");
    private static final int RELEASED = 1 << 31;

    private final RuleChain chain;
    private Attempt attempt;
    private long admittedAtNanos;

    /** A bit for every rule of the chain that holds something for this permit. */
    private volatile int held;

    Permit(RuleChain chain, Attempt attempt, long admittedAtNanos, int held) {
        this.chain = chain;
        this.attempt = attempt;
        this.admittedAtNanos = admittedAtNanos;
        // Whoever hands a permit to another thread does so by something that publishes it.
        HELD.lazySet(this, held);
    }

    /**
     * Ends the admitted work and gives back all that was held for it.
     *
     * @return whether this call was the one that released
     */
    public boolean release(Outcome outcome) {
        return release(outcome, isReleased() ? 0 : chain.nanoTime());
    }

    /**
     * The same at a time that was just read.
     *
     * @param nowNanos from the guard's clock
     */
    public boolean release(Outcome outcome, long nowNanos) {
        int wasHeld = HELD.getAndSet(this, RELEASED);
        if (wasHeld == RELEASED) {
            return false;
        }
        chain.release(attempt, wasHeld, admittedAtNanos, outcome, nowNanos);
        return true;
    }

    /** Is given anew, if it was released and is of the same kind; returns whether it is. */
    boolean renew(RuleChain ofKind, Attempt next, long nowNanos, int holds) {
        if (ofKind != chain || held != RELEASED) {
            return false;
        }
        if (attempt != next) {
            // On a kept connection it is the same one, and storing a reference costs more than a look: collectors take
            // note.
            attempt = next;
        }
        admittedAtNanos = nowNanos;
        HELD.lazySet(this, holds);
        return true;
    }

    /** Gives up what these rules hold for it, unless it is released; returns which of them held something. */
    int giveUp(int rules) {
        int before = held;
        while (before != RELEASED) {
            if (HELD.compareAndSet(this, before, before & ~rules)) {
                return before & rules;
            }
            before = held;
        }
        return 0;
    }

    /** Is for another attempt from now on, and also holds what was held for that; returns false when it is released. */
    boolean takeOver(Attempt known, int holds) {
        int before = held;
        while (before != RELEASED) {
            attempt = known;
            if (HELD.compareAndSet(this, before, before | holds)) {
                return true;
            }
            before = held;
        }
        return false;
    }

    public boolean isReleased() {
        return held == RELEASED;
    }

    public Attempt attempt() {
        return attempt;
    }

    /** When the attempt was admitted, on the guard's clock. */
    public long admittedAtNanos() {
        return admittedAtNanos;
    }

    @Override
    public String toString() {
        return "Permit[" + attempt + (isReleased() ? ", released" : "") + "]";
    }
}
