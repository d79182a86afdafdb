package io.portguard.rule;

import io.portguard.Attempt;

/** Whoever can make room for an attempt when there is none. Asked by all that are refused, so it must not block. */
@FunctionalInterface
public interface Room {

    /** There never is any. */
    Room NONE = (attempt, now) -> false;

    /** Has something else go, if that is right; returns whether its place is this attempt's now. */
    boolean isMadeFor(Attempt attempt, long nowNanos);

    /**
     * Whether it is known that for the moment there is nothing that could go and nothing that needs no place, so that the two
     * need not be asked.
     */
    default boolean hasNothing(long nowNanos) {
        return false;
    }

    /** How many of those that are in flight need no place, because they wait for their clients and are left alone. */
    default int setAside(long nowNanos) {
        return 0;
    }

    /**
     * Whether a client has of late taken most places for what waits for itself, so that it gets no more for the moment.
     *
     * @param inFlight how many places are taken now
     */
    default boolean isKeptFrom(Attempt attempt, int inFlight, long nowNanos) {
        return false;
    }
}
