package io.portguard.resilience4j;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.portguard.Attempt;
import io.portguard.Outcome;
import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.Rule;
import io.portguard.Verdict;

/**
 * Admits what a resilience4j bulkhead has a permission for, which is given back when the request ends. Refuses as {@link
 * Reason#CONCURRENCY}. Thread-safe.
 */
public final class BulkheadRule implements Rule {

    private static final Rejection FULL = Rejection.of(Reason.CONCURRENCY);

    private final Bulkhead bulkhead;

    /**
     * A rule over a bulkhead, which others may use too.
     *
     * @throws IllegalArgumentException when callers wait for the bulkhead: a decision must not
     */
    public BulkheadRule(Bulkhead bulkhead) {
        if (!bulkhead.getBulkheadConfig().getMaxWaitDuration().isZero()) {
            throw new IllegalArgumentException("bulkhead \"" + bulkhead.getName() + "\": maxWaitDuration "
                    + bulkhead.getBulkheadConfig().getMaxWaitDuration()
                    + " (expected: zero, a decision does not wait)");
        }
        this.bulkhead = bulkhead;
    }

    @Override
    public String name() {
        return "bulkhead-" + bulkhead.getName();
    }

    @Override
    public Verdict tryAcquire(Attempt attempt, long nowNanos) {
        return bulkhead.tryAcquirePermission() ? Verdict.pass() : FULL;
    }

    @Override
    public void cancel(Attempt attempt, long nowNanos) {
        bulkhead.releasePermission();
    }

    @Override
    public void release(Attempt attempt, long admittedAtNanos, long nowNanos, Outcome outcome) {
        bulkhead.onComplete();
    }
}
