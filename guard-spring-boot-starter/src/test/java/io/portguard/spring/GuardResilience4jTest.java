package io.portguard.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.portguard.Attempt;
import io.portguard.ClientKey;
import io.portguard.Decision;
import io.portguard.Outcome;
import io.portguard.Permit;
import io.portguard.Priority;
import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.standard.StandardGuard;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class GuardResilience4jTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(GuardAutoConfiguration.class, GuardResilience4jAutoConfiguration.class));

    private static Decision ask(StandardGuard guard) {
        return guard.guard()
                .tryAdmit(Attempt.request(guard.guard().client(ClientKey.named("a")), null, Priority.NORMAL));
    }

    @Test
    void beansThatAreMarkedAreRulesAndTheOthersAreNot() {
        runner.withUserConfiguration(Resilience.class).run(context -> {
            StandardGuard guard = context.getBean(StandardGuard.class);
            Bulkhead bulkhead = context.getBean("incoming", Bulkhead.class);
            CircuitBreaker breaker = context.getBean(CircuitBreaker.class);
            RateLimiter limiter = context.getBean(RateLimiter.class);
            Permit permit = (Permit) ask(guard);
            assertThat(bulkhead.getMetrics().getAvailableConcurrentCalls()).isZero();
            assertThat(context.getBean("outgoing", Bulkhead.class).getMetrics().getAvailableConcurrentCalls())
                    .isEqualTo(7);
            assertThat(ask(guard)).isEqualTo(Rejection.of(Reason.CONCURRENCY));
            assertThat(limiter.getMetrics().getAvailablePermissions())
                    .as("the limiter is asked last")
                    .isEqualTo(9);
            permit.release(Outcome.FAILURE);
            assertThat(breaker.getMetrics().getNumberOfFailedCalls()).isOne();
            assertThat(bulkhead.getMetrics().getAvailableConcurrentCalls()).isOne();
            breaker.transitionToOpenState();
            assertThat(ask(guard)).isEqualTo(Rejection.of(Reason.OVERLOAD, 60));
            assertThat(guard.status().activeRequests()).isZero();
        });
    }

    @Test
    void withoutTheLibraryTheGuardIsThere() {
        runner.withClassLoader(new FilteredClassLoader("io.github.resilience4j"))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(StandardGuard.class)
                        .doesNotHaveBean(GuardCustomizer.class));
    }

    @Configuration(proxyBeanMethods = false)
    static class Resilience {

        @Bean
        @ForRequests
        Bulkhead incoming() {
            return Bulkhead.of(
                    "incoming",
                    BulkheadConfig.custom()
                            .maxConcurrentCalls(1)
                            .maxWaitDuration(Duration.ZERO)
                            .build());
        }

        @Bean
        Bulkhead outgoing() {
            return Bulkhead.of(
                    "outgoing", BulkheadConfig.custom().maxConcurrentCalls(7).build());
        }

        @Bean
        @ForRequests
        CircuitBreaker service() {
            return CircuitBreaker.ofDefaults("service");
        }

        @Bean
        @ForRequests
        RateLimiter limiter() {
            return RateLimiter.of(
                    "limiter",
                    RateLimiterConfig.custom()
                            .limitForPeriod(10)
                            .limitRefreshPeriod(Duration.ofHours(1))
                            .build());
        }
    }
}
