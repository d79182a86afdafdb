package io.portguard.rule;

import io.portguard.Attempt;

/** Whoever can make room for an attempt when there is none. */
@FunctionalInterface
public interface Room {

    /** There never is any. */
    Room NONE = (attempt, now) -> false;

    /** Has something else go, if that is right; returns whether its place is this attempt's now. */
    boolean isMadeFor(Attempt attempt, long nowNanos);
}
