package io.portguard.rule;

import io.portguard.Attempt;
import io.portguard.Outcome;
import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.Rule;
import io.portguard.Verdict;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Limits how much is in progress at once, of all clients together. When there is no room for another, somebody may
 * have to go for it.
 */
final class CountRule implements Rule {

    private final String name;
    private final Rejection rejection;
    private final AtomicInteger count = new AtomicInteger();
    private final Room room;
    private volatile int limit;

    CountRule(String name, Reason reason, int limit, Room room) {
        this.name = name;
        this.rejection = Rejection.of(reason);
        this.limit = limit;
        this.room = room;
    }

    int limit() {
        return limit;
    }

    void limit(int limit) {
        this.limit = limit;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Verdict tryAcquire(Attempt attempt, long now) {
        while (true) {
            int before = count.get();
            if (before >= limit) {
                if (!room.isMadeFor(attempt, now)) {
                    return rejection;
                }
                // The place of one that is going; it is counted until it has gone.
                count.incrementAndGet();
                return Verdict.pass();
            }
            if (count.compareAndSet(before, before + 1)) {
                return Verdict.pass();
            }
        }
    }

    @Override
    public boolean mayRefuse(Attempt attempt, long now) {
        return count.get() >= limit;
    }

    @Override
    public void cancel(Attempt attempt, long now) {
        count.decrementAndGet();
    }

    @Override
    public void release(Attempt attempt, long admittedAt, long now, Outcome outcome) {
        count.decrementAndGet();
    }
}
