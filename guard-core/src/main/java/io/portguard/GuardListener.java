package io.portguard;

/**
 * Is told what a guard decides, on the thread that asked. Must be fast and must not block; what it throws is
 * caught, counted as a fault of the guard, and changes no decision.
 */
public interface GuardListener {

    /**
     * An attempt was admitted; not called for those that shadow mode let through. A connection from a proxy that tells
     * whose it is comes as two attempts, first as the proxy's and then as its client's. So does a request whose client
     * becomes known later, {@link Guard#identify(Permit, Attempt)}; but it is released once.
     */
    default void admitted(Attempt attempt) {}

    /**
     * An attempt was refused.
     *
     * @param enforced false when shadow mode, of the guard or of a rule by itself, let it through
     */
    default void rejected(Attempt attempt, Rejection rejection, boolean enforced) {}

    /**
     * A rule would have refused an attempt and is in shadow mode, by itself or with the guard. Told for each such rule,
     * before it is told what comes of the attempt.
     *
     * @param rule its {@linkplain Rule#name() name}
     */
    default void shadowed(Attempt attempt, String rule, Rejection rejection) {}

    /** An admitted attempt ended after so many nanoseconds. */
    default void released(Attempt attempt, Outcome outcome, long durationNanos) {}

    /** How hard-pressed the port is has changed, or what it does about it; told by the housekeeper. */
    default void pressureChanged(PressureEvent event) {}
}
