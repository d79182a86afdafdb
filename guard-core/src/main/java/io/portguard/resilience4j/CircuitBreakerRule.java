package io.portguard.resilience4j;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.portguard.Attempt;
import io.portguard.Outcome;
import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.Rule;
import io.portguard.Verdict;
import java.util.concurrent.TimeUnit;

/**
 * Refuses while a resilience4j circuit breaker is open, and tells it how admitted requests end: {@link Outcome#SUCCESS}
 * as success, {@link Outcome#FAILURE} (5xx) and {@link Outcome#DROPPED} (not in time) as {@link ServiceFailedException},
 * and {@link Outcome#IGNORED} not at all. What the service gets wrong never counts against a client. Refuses as {@link
 * Reason#OVERLOAD}, with the time that the breaker first stays open as the time to come again. Thread-safe.
 */
public final class CircuitBreakerRule implements Rule {

    private final CircuitBreaker breaker;
    private final Rejection open;

    /** A rule over a circuit breaker, which others may use too. */
    public CircuitBreakerRule(CircuitBreaker breaker) {
        this.breaker = breaker;
        long waitMillis = breaker.getCircuitBreakerConfig()
                .getWaitIntervalFunctionInOpenState()
                .apply(1);
        open = Rejection.of(
                Reason.OVERLOAD,
                Math.min(Rejection.MAX_RETRY_AFTER_SECONDS, Math.max(1, TimeUnit.MILLISECONDS.toSeconds(waitMillis))));
    }

    @Override
    public String name() {
        return "circuit-breaker-" + breaker.getName();
    }

    @Override
    public Verdict tryAcquire(Attempt attempt, long nowNanos) {
        return breaker.tryAcquirePermission() ? Verdict.pass() : open;
    }

    @Override
    public void cancel(Attempt attempt, long nowNanos) {
        breaker.releasePermission();
    }

    @Override
    public void release(Attempt attempt, long admittedAtNanos, long nowNanos, Outcome outcome) {
        long tookNanos = nowNanos - admittedAtNanos;
        switch (outcome) {
            case SUCCESS -> breaker.onSuccess(tookNanos, TimeUnit.NANOSECONDS);
            case FAILURE, DROPPED ->
                breaker.onError(tookNanos, TimeUnit.NANOSECONDS, new ServiceFailedException(outcome));
            case IGNORED -> breaker.releasePermission();
        }
    }
}
