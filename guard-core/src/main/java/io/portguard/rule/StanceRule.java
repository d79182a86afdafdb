package io.portguard.rule;

import io.portguard.Attempt;
import io.portguard.ConnectionStance;
import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.Verdict;

/**
 * Refuses new connections while the port's stance is to close them. Always active: who has waited out a pause comes in the moment
 * in which it ends, sooner than a rule would be found to be active.
 */
final class StanceRule implements TakesNothing {

    private static final Rejection REJECTION = Rejection.of(Reason.OVERLOAD);

    private volatile boolean closing;

    void stance(ConnectionStance stance) {
        closing = stance.closesNew();
    }

    @Override
    public String name() {
        return StandardRules.STANCE;
    }

    @Override
    public Verdict tryAcquire(Attempt attempt, long now) {
        return closing ? REJECTION : Verdict.pass();
    }
}
