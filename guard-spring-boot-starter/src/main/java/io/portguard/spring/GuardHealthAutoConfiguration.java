package io.portguard.spring;

import io.portguard.standard.StandardGuard;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/** Auto-configuration of the health contributor {@code guard}. */
@AutoConfiguration(after = GuardManagementAutoConfiguration.class)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnBean({StandardGuard.class, Saturation.class})
public final class GuardHealthAutoConfiguration {

    @Bean
    @ConditionalOnEnabledHealthIndicator("guard")
    @ConditionalOnMissingBean(name = "guardHealthIndicator")
    HealthIndicator guardHealthIndicator(
            ObjectProvider<StandardGuard> guards, Saturation saturation, GuardProperties properties) {
        return new GuardHealthIndicator(
                guards.orderedStream().toList(),
                saturation,
                Saturation.limit("health.saturated-for", properties.health().saturatedFor()));
    }
}
