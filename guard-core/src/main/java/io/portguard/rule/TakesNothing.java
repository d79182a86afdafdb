package io.portguard.rule;

import io.portguard.Attempt;
import io.portguard.Rule;
import io.portguard.Verdict;

/** A rule that takes nothing of what it passes, so that asking it once more is free of consequences. */
interface TakesNothing extends Rule {

    @Override
    default boolean mayRefuse(Attempt attempt, long nowNanos) {
        return tryAcquire(attempt, nowNanos) != Verdict.pass();
    }
}
