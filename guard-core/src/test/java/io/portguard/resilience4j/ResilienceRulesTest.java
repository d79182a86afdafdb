package io.portguard.resilience4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.portguard.Attempt;
import io.portguard.Decision;
import io.portguard.IpAddress;
import io.portguard.ManualClock;
import io.portguard.Outcome;
import io.portguard.Permit;
import io.portguard.Priority;
import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.Rule;
import io.portguard.Verdict;
import io.portguard.standard.StandardGuard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class ResilienceRulesTest {

    private static final int PLACES = 3;

    private final Bulkhead bulkhead = Bulkhead.of(
            "orders",
            BulkheadConfig.custom()
                    .maxConcurrentCalls(PLACES)
                    .maxWaitDuration(Duration.ZERO)
                    .build());

    /** Refills once an hour, so that no test sees it. */
    private final RateLimiter limiter = RateLimiter.of(
            "orders",
            RateLimiterConfig.custom()
                    .limitForPeriod(5)
                    .limitRefreshPeriod(Duration.ofHours(1))
                    .timeoutDuration(Duration.ofDays(1))
                    .build());

    private final CircuitBreaker breaker = CircuitBreaker.of(
            "service",
            CircuitBreakerConfig.custom()
                    .minimumNumberOfCalls(10)
                    .slidingWindowSize(10)
                    .waitDurationInOpenState(Duration.ofSeconds(30))
                    .permittedNumberOfCallsInHalfOpenState(2)
                    .build());

    private static final class Refusing implements Rule {

        private boolean refuses;

        @Override
        public String name() {
            return "refusing";
        }

        @Override
        public Verdict tryAcquire(Attempt attempt, long nowNanos) {
            return refuses ? Rejection.of(Reason.FAIR_SHARE) : Verdict.pass();
        }
    }

    private final Refusing last = new Refusing();

    private StandardGuard guard(Rule... rules) {
        return StandardGuard.builder("test")
                .configure(Map.of("penalties.ban-at", "2"))
                .requestRules(rules)
                .requestRules(last)
                .clock(new ManualClock())
                .tickInterval(Duration.ZERO)
                .build();
    }

    private static Attempt request(StandardGuard guard) {
        IpAddress from = IpAddress.parse("192.0.2.1").orElseThrow();
        return Attempt.request(guard.guard().client(guard.identity().key(from)), from, Priority.NORMAL);
    }

    private static Decision ask(StandardGuard guard) {
        return guard.guard().tryAdmit(request(guard));
    }

    private int free() {
        return bulkhead.getMetrics().getAvailableConcurrentCalls();
    }

    @ParameterizedTest
    @EnumSource(Outcome.class)
    void aBulkheadsPermissionIsGivenBackExactlyOnceWhateverTheOutcome(Outcome outcome) {
        StandardGuard guard = guard(new BulkheadRule(bulkhead));
        List<Permit> permits = new ArrayList<>();
        for (int i = 0; i < PLACES; i++) {
            permits.add((Permit) ask(guard));
            assertThat(free()).isEqualTo(PLACES - 1 - i);
        }
        assertThat(ask(guard)).isEqualTo(Rejection.of(Reason.CONCURRENCY));
        permits.forEach(permit -> {
            permit.release(outcome);
            permit.release(Outcome.SUCCESS);
        });
        assertThat(free()).isEqualTo(PLACES);
        assertThat(guard.status().activeRequests()).isZero();
    }

    @Test
    void aBulkheadsPermissionIsGivenBackWhenALaterRuleRefuses() {
        StandardGuard guard = guard(new BulkheadRule(bulkhead));
        last.refuses = true;
        for (int i = 0; i < 10; i++) {
            assertThat(ask(guard)).isEqualTo(Rejection.of(Reason.FAIR_SHARE));
        }
        assertThat(free()).isEqualTo(PLACES);
    }

    @Test
    void aBulkheadIsSharedWithOtherCallersAndNeverOverdrawnByThreads() throws Exception {
        StandardGuard guard = guard(new BulkheadRule(bulkhead));
        ExecutorService threads = Executors.newFixedThreadPool(4);
        CyclicBarrier start = new CyclicBarrier(4);
        try {
            List<Future<Integer>> most = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                Callable<Integer> work = () -> {
                    start.await();
                    int overdrawn = 0;
                    for (int i = 0; i < 5_000; i++) {
                        if (ask(guard) instanceof Permit permit) {
                            overdrawn += free() < 0 ? 1 : 0;
                            permit.release(i % 2 == 0 ? Outcome.SUCCESS : Outcome.IGNORED);
                        }
                        if (bulkhead.tryAcquirePermission()) {
                            bulkhead.onComplete();
                        }
                    }
                    return overdrawn;
                };
                most.add(threads.submit(work));
            }
            for (Future<Integer> result : most) {
                assertThat(result.get()).isZero();
            }
        } finally {
            threads.shutdown();
        }
        assertThat(free()).isEqualTo(PLACES);
        assertThat(guard.status().activeRequests()).isZero();
    }

    @Test
    void aBulkheadThatCallersWaitForIsRefused() {
        Bulkhead waiting = Bulkhead.of(
                "slow",
                BulkheadConfig.custom().maxWaitDuration(Duration.ofSeconds(1)).build());
        assertThatThrownBy(() -> new BulkheadRule(waiting))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("bulkhead \"slow\": maxWaitDuration PT1S (expected: zero, a decision does not wait)");
    }

    private int permissions() {
        return limiter.getMetrics().getAvailablePermissions();
    }

    @Test
    void aRateLimiterAdmitsItsPermissionsAndWaitsForNone() {
        StandardGuard guard = guard(new RateLimiterRule(limiter));
        for (int i = 0; i < 5; i++) {
            ((Permit) ask(guard)).release(Outcome.SUCCESS);
        }
        for (int i = 0; i < 100; i++) {
            assertThat(ask(guard)).isEqualTo(Rejection.of(Reason.OVERLOAD, 60));
        }
        assertThat(permissions()).as("what it refuses costs none").isZero();
    }

    @Test
    void whatARuleBeforeItRefusesCostsNoPermission() {
        StandardGuard guard = guard(new BulkheadRule(bulkhead), new RateLimiterRule(limiter));
        List<Permit> permits = new ArrayList<>();
        for (int i = 0; i < PLACES; i++) {
            permits.add((Permit) ask(guard));
        }
        for (int i = 0; i < 10; i++) {
            assertThat(ask(guard)).isEqualTo(Rejection.of(Reason.CONCURRENCY));
        }
        assertThat(permissions()).isEqualTo(5 - PLACES);
        permits.forEach(permit -> permit.release(Outcome.SUCCESS));
    }

    @ParameterizedTest
    @EnumSource(
            value = Outcome.class,
            names = {"FAILURE", "DROPPED"})
    void aBreakerOpensForWhatTheServiceGetsWrongAndNobodyIsPunished(Outcome wrong) {
        StandardGuard guard = guard(new CircuitBreakerRule(breaker));
        for (int i = 0; i < 10; i++) {
            Attempt attempt = request(guard);
            Permit permit = (Permit) guard.guard().tryAdmit(attempt);
            guard.answered(attempt, 500);
            permit.release(wrong);
        }
        assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.OPEN);
        assertThat(ask(guard)).isEqualTo(Rejection.of(Reason.OVERLOAD, 30));
        assertThat(guard.bans()).isEmpty();
        assertThat(guard.penalties().points(request(guard).client())).isZero();
    }

    @Test
    void aHalfOpenBreakersPermissionsAreGivenBackByWhatSaysNothingAndByWhatIsRefused() {
        StandardGuard guard = guard(new CircuitBreakerRule(breaker));
        breaker.transitionToOpenState();
        breaker.transitionToHalfOpenState();
        for (int i = 0; i < 10; i++) {
            ((Permit) ask(guard)).release(Outcome.IGNORED);
        }
        last.refuses = true;
        for (int i = 0; i < 10; i++) {
            assertThat(ask(guard)).isEqualTo(Rejection.of(Reason.FAIR_SHARE));
        }
        last.refuses = false;
        Permit first = (Permit) ask(guard);
        Permit second = (Permit) ask(guard);
        assertThat(ask(guard)).isEqualTo(Rejection.of(Reason.OVERLOAD, 30));
        first.release(Outcome.SUCCESS);
        second.release(Outcome.SUCCESS);
        assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.CLOSED);
        assertThat(guard.status().activeRequests()).isZero();
    }
}
