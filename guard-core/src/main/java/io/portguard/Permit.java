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
    private final Attempt attempt;
    private final long admittedAtNanos;

    /** A bit for every rule of the chain that holds something for this permit. */
    private volatile int held;

    Permit(RuleChain chain, Attempt attempt, long admittedAtNanos, int held) {
        this.chain = chain;
        this.attempt = attempt;
        this.admittedAtNanos = admittedAtNanos;
        this.held = held;
    }

    /**
     * Ends the admitted work and gives back all that was held for it.
     *
     * @return whether this call was the one that released
     */
    public boolean release(Outcome outcome) {
        int wasHeld = HELD.getAndSet(this, RELEASED);
        if (wasHeld == RELEASED) {
            return false;
        }
        chain.release(attempt, wasHeld, admittedAtNanos, outcome);
        return true;
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
