package io.portguard.rule;

import io.portguard.Attempt;
import io.portguard.Priority;
import io.portguard.Verdict;

/**
 * Refuses background attempts while background requests are shed, and nothing else. For what comes before a request,
 * a TLS handshake for instance: only where the lowest priority is already certain can no request that matters more
 * be turned away with it.
 */
final class BackgroundSheddingRule implements TakesNothing {

    private final SheddingRule shedding;

    BackgroundSheddingRule(SheddingRule shedding) {
        this.shedding = shedding;
    }

    @Override
    public String name() {
        return shedding.name();
    }

    @Override
    public boolean active() {
        return shedding.active();
    }

    @Override
    public Verdict tryAcquire(Attempt attempt, long now) {
        return attempt.priority() == Priority.BACKGROUND ? shedding.tryAcquire(attempt, now) : Verdict.pass();
    }
}
