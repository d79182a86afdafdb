package io.portguard.rule;

import io.portguard.Attempt;
import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.Verdict;

/** Refuses everybody once the service is shutting down. Inactive until then. */
public final class DrainRule implements TakesNothing {

    private static final Rejection REJECTION = Rejection.of(Reason.DRAINING);

    private volatile boolean draining;

    /** Refuses from now on, or, with false, no longer. */
    public void draining(boolean is) {
        draining = is;
    }

    @Override
    public String name() {
        return Reason.DRAINING.text();
    }

    @Override
    public boolean active() {
        return draining;
    }

    @Override
    public Verdict tryAcquire(Attempt attempt, long nowNanos) {
        return draining ? REJECTION : Verdict.pass();
    }
}
