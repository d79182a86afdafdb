package io.portguard.spring;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.portguard.resilience4j.BulkheadRule;
import io.portguard.resilience4j.CircuitBreakerRule;
import io.portguard.resilience4j.RateLimiterRule;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/**
 * Auto-configuration of resilience4j's bulkheads, rate limiters and circuit breakers as rules of the service's main port:
 * of those beans that are marked {@link ForRequests}, as the others are for what the service calls. They are asked
 * after all other rules, and rate limiters last, whose permissions cannot be given back.
 */
@AutoConfiguration(before = GuardAutoConfiguration.class)
@Conditional(OnGuardEnabled.class)
public final class GuardResilience4jAutoConfiguration {

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(CircuitBreaker.class)
    static class CircuitBreakers {

        @Bean
        @Order(1_000)
        GuardCustomizer guardCircuitBreakers(@ForRequests ObjectProvider<CircuitBreaker> breakers) {
            return guard ->
                    breakers.orderedStream().forEach(breaker -> guard.requestRules(new CircuitBreakerRule(breaker)));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(Bulkhead.class)
    static class Bulkheads {

        @Bean
        @Order(2_000)
        GuardCustomizer guardBulkheads(@ForRequests ObjectProvider<Bulkhead> bulkheads) {
            return guard ->
                    bulkheads.orderedStream().forEach(bulkhead -> guard.requestRules(new BulkheadRule(bulkhead)));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(RateLimiter.class)
    static class RateLimiters {

        @Bean
        @Order(3_000)
        GuardCustomizer guardRateLimiters(@ForRequests ObjectProvider<RateLimiter> limiters) {
            return guard ->
                    limiters.orderedStream().forEach(limiter -> guard.requestRules(new RateLimiterRule(limiter)));
        }
    }
}
