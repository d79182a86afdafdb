package io.portguard.rule;

import io.portguard.Attempt;
import io.portguard.Priority;
import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.Verdict;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what matters least while pressure is on, by one number, the shedding level. Inactive at level 0.
 *
 * <p>Every request has a rank, its priority times {@value #COHORTS} plus its client's cohort, and is refused
 * when its rank is among the {@code level} highest (Zhou et al., "Overload Control for Scaling WeChat
 * Microservices", 2018). The cohort is hashed from the client and the number of the five minutes it is in, which begin
 * at another moment for each client: so a client is not refused at random in the middle of what it does, nor are the same
 * ones for ever, and at no moment do many change places.
 */
final class SheddingRule implements TakesNothing {

    static final int COHORTS = 128;

    /** The highest level; at it only the first cohort of critical requests is let in. */
    static final int MAX_LEVEL = Priority.values().length * COHORTS - 1;

    private static final int RANKS = MAX_LEVEL + 1;
    private static final int GOLDEN_RATIO = 0x9e37_79b9;
    private static final int MIXER = 0x2c1b_3c6d;
    private static final Rejection REJECTION = Rejection.of(Reason.OVERLOAD);
    static final long COHORT_LASTS_NANOS = TimeUnit.MINUTES.toNanos(5);

    private final ConcurrencyRule concurrency;
    private volatile int level;

    SheddingRule(ConcurrencyRule concurrency) {
        this.concurrency = concurrency;
    }

    int level() {
        return level;
    }

    void level(int level) {
        this.level = Math.min(Math.max(level, 0), MAX_LEVEL);
    }

    /** The most important priority that is shed in part at least; null when none is. */
    @Nullable
    Priority mostImportantShed() {
        Priority[] all = Priority.values();
        int present = level;
        return present == 0 ? null : all[all.length - 1 - (present - 1) / COHORTS];
    }

    @Override
    public String name() {
        return "shedding";
    }

    @Override
    public boolean active() {
        return level > 0;
    }

    @Override
    public Verdict tryAcquire(Attempt attempt, long now) {
        int letIn = RANKS - level - attempt.priority().ordinal() * COHORTS;
        boolean isLetIn = letIn > 0 && (letIn >= COHORTS || cohort(attempt, now) < letIn);
        return isLetIn || isStarved() ? Verdict.pass() : REJECTION;
    }

    /** To shed while the service has next to nothing to do would only waste it: the delay is made elsewhere. */
    boolean isStarved() {
        return concurrency.inFlight() < concurrency.allowance().capacity() / 4;
    }

    private static int cohort(Attempt attempt, long now) {
        int hash = attempt.client().key().hashCode() * GOLDEN_RATIO;
        long offset = (hash >>> 16) * (COHORT_LASTS_NANOS >> 16);
        int turn = (int) Math.floorDiv(now + offset, COHORT_LASTS_NANOS);
        return ((hash ^ (turn * MIXER)) * GOLDEN_RATIO) >>> 25;
    }
}
