package io.portguard.resilience4j;

import io.portguard.Outcome;

/**
 * What a circuit breaker is told when an admitted request ends as {@link Outcome#FAILURE} or {@link Outcome#DROPPED}: the
 * service has answered 5xx, or not in time. It is never thrown; a breaker that records only some exceptions has to
 * record this one.
 */
public final class ServiceFailedException extends Exception {

    private static final long serialVersionUID = 1;

    ServiceFailedException(Outcome outcome) {
        super("A request ended as " + outcome, null, false, false);
    }
}
