package io.portguard.resilience4j;

import io.github.resilience4j.ratelimiter.RateLimiter;
import io.portguard.Attempt;
import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.Rule;
import io.portguard.Verdict;
import java.time.Duration;

/**
 * Admits what a resilience4j rate limiter has a permission for, of all clients together. Refuses as {@link
 * Reason#OVERLOAD}, with the limiter's refresh period as the time to come again. Thread-safe.
 *
 * <p>A permission cannot be given back, so this rule belongs behind those that may refuse: what they turn away costs none
 * then, nor does what the limiter itself turns away. Its {@code timeoutDuration} means nothing here, for a decision does
 * not wait.
 */
public final class RateLimiterRule implements Rule {

    private static final long ALMOST_A_SECOND_NANOS = 999_999_999;

    private final RateLimiter limiter;
    private final Rejection exhausted;

    /** A rule over a rate limiter, which others may use too. */
    public RateLimiterRule(RateLimiter limiter) {
        this.limiter = limiter;
        Duration period = limiter.getRateLimiterConfig().getLimitRefreshPeriod();
        exhausted = Rejection.of(
                Reason.OVERLOAD, period.plusNanos(ALMOST_A_SECOND_NANOS).toSeconds());
    }

    @Override
    public String name() {
        return "rate-limiter-" + limiter.getName();
    }

    @Override
    public Verdict tryAcquire(Attempt attempt, long nowNanos) {
        // Where it may be waited for, one that is not there yet can be had: looked at first, it is not.
        if (limiter.getMetrics().getAvailablePermissions() > 0 && limiter.reservePermission() >= 0) {
            // Another may have been quicker; then this one has the next, which is early by less than a period.
            return Verdict.pass();
        }
        return exhausted;
    }
}
