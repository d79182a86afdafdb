package io.portguard.standard;

import io.portguard.Attempt;
import io.portguard.GuardListener;
import io.portguard.Rejection;
import io.portguard.audit.Audit;
import io.portguard.rule.ShadowReport;

/**
 * What a guard itself records of its decisions. One listener, as each is asked at every decision, and told only of
 * refusals. Thread-safe.
 */
record Recorder(Audit audit, ShadowReport shadow) implements GuardListener {

    @Override
    public void rejected(Attempt attempt, Rejection rejection, boolean enforced) {
        audit.rejected(attempt, rejection, enforced);
    }

    @Override
    public void shadowed(Attempt attempt, String rule, Rejection rejection) {
        shadow.shadowed(attempt, rule);
    }
}
