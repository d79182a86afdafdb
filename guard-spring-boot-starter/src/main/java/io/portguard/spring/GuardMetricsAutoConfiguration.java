package io.portguard.spring;

import io.micrometer.core.instrument.binder.MeterBinder;
import io.portguard.metrics.GuardMetrics;
import io.portguard.standard.StandardGuard;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Auto-configuration of the guards' meters; Spring Boot binds them to every registry. */
@AutoConfiguration(after = {GuardAutoConfiguration.class, GuardManagementAutoConfiguration.class})
@ConditionalOnClass(MeterBinder.class)
@ConditionalOnBean(StandardGuard.class)
public final class GuardMetricsAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean(name = "guardMetrics")
    MeterBinder guardMetrics(ObjectProvider<StandardGuard> guards) {
        return registry -> guards.orderedStream().forEach(guard -> new GuardMetrics(guard).bindTo(registry));
    }
}
