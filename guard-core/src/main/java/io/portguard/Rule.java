package io.portguard;

/**
 * One reason to refuse, asked for every attempt. Thread-safe; none of the methods blocks, logs, takes a lock
 * that clients share, allocates to refuse, or throws to refuse. A rule that throws is passed over for that
 * attempt, counted as a fault, and holds nothing.
 *
 * <p>For every {@linkplain Verdict#pass() pass} of {@link #tryAcquire} exactly one of {@link #cancel} and
 * {@link #release} follows, unless a later fault of the rule itself prevents it.
 */
public interface Rule {

    /** A short name for reports and faults, {@code client-rate} for instance. */
    String name();

    /**
     * Whether the rule has anything to say as it is configured now. One that has not is not asked; permits
     * that it passed before are released to it all the same.
     */
    default boolean active() {
        return true;
    }

    /**
     * Whether the rule is about who the client is and not about the port as a whole. Such a rule is not asked for a
     * connection {@linkplain Attempt#ofProxy() of a proxy}, but once it is known whose that is.
     */
    default boolean judgesClient() {
        return false;
    }

    /** Passes the attempt, holding for it what needs to be held, or says why not. */
    Verdict tryAcquire(Attempt attempt, long nowNanos);

    /**
     * Whether {@link #tryAcquire} may refuse the attempt if it is asked now; false only if it would not. Takes nothing, so
     * that an attempt that a later rule is going to refuse need not take here what it would have to give back. The answer
     * binds nobody: nothing is refused before {@code tryAcquire} says so and why.
     *
     * <p>Only a rule that overrides this is asked. Rules that come after one that does not are asked once it has passed
     * the attempt, as all are while none refuses.
     */
    default boolean mayRefuse(Attempt attempt, long nowNanos) {
        return false;
    }

    /** Takes back a pass that bought nothing, because a later rule refused. */
    default void cancel(Attempt attempt, long nowNanos) {}

    /** Ends what an admitted attempt held. */
    default void release(Attempt attempt, long admittedAtNanos, long nowNanos, Outcome outcome) {}

    /** Called by the housekeeper some twenty times a second, never by two threads at once. */
    default void tick(long nowNanos) {}
}
