package io.portguard.spring;

import io.portguard.GuardListener;
import io.portguard.Rule;
import io.portguard.pressure.PressureSource;
import io.portguard.rule.ScanWatch;
import io.portguard.settings.InvalidSettingException;
import io.portguard.standard.StandardGuard;
import io.portguard.standard.StandardGuardBuilder;
import io.portguard.standard.StandardSettings;
import java.time.Duration;
import java.util.Map;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

/** Auto-configuration of the guard of the service's main port, and of its registration with JMX. */
@AutoConfiguration
@Conditional(OnGuardEnabled.class)
@EnableConfigurationProperties(GuardProperties.class)
public final class GuardAutoConfiguration {

    /** The name of the guard of a service's main port. */
    static final String MAIN_PORT = "server";

    /** Where Spring Security's filter stands unless a service says otherwise; clients are told by its principals behind it. */
    static final int SPRING_SECURITY_ORDER = -100;

    /** Named in the conditions of no other bean: a guard of the user's does not excuse a misspelled property. */
    @Bean
    @Lazy(false)
    static UnknownProperties unknownGuardProperties(Environment environment) {
        return new UnknownProperties(environment);
    }

    @Bean
    @ConditionalOnMissingBean
    Saturation guardSaturation() {
        return new Saturation();
    }

    /** One for all guards of the service, so that it sees which ports a client touches. */
    @Bean
    @ConditionalOnMissingBean
    ScanWatch guardScanWatch() {
        return new ScanWatch();
    }

    @Bean
    @ConditionalOnMissingBean
    StandardGuard serverGuard(
            GuardProperties properties,
            Environment environment,
            Saturation saturation,
            ScanWatch scans,
            ObjectProvider<GuardListener> listeners,
            ObjectProvider<PressureSource> pressureSources,
            @ForConnections ObjectProvider<Rule> connectionRules,
            @ForRequests ObjectProvider<Rule> requestRules,
            ObjectProvider<GuardCustomizer> customizers) {
        try {
            StandardGuardBuilder builder = StandardGuard.builder(MAIN_PORT)
                    .defaults(Map.of(StandardSettings.REQUESTS_EXEMPT.name(), DefaultExemptPaths.of(environment)))
                    .configure(properties.settings())
                    .scans(scans)
                    .chore(saturation);
            listeners.orderedStream().forEach(builder::listener);
            pressureSources.orderedStream().forEach(builder::pressure);
            connectionRules.orderedStream().forEach(builder::connectionRules);
            requestRules.orderedStream().forEach(builder::requestRules);
            customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
            return builder.build();
        } catch (InvalidSettingException wrong) {
            throw new InvalidGuardPropertyException(KnownProperties.PREFIX, wrong);
        }
    }

    /** Not lazy: nothing of the service asks for it. */
    @Bean
    @Lazy(false)
    @ConditionalOnMissingBean
    GuardDrain guardDrain(StandardGuard guard) {
        return new GuardDrain(guard);
    }

    /** Not lazy: an operator looks a guard up whether or not a bean of the service asks for its registration. */
    @Bean
    @Lazy(false)
    @ConditionalOnMissingBean
    JmxRegistration guardJmxRegistration(ObjectProvider<StandardGuard> guards) {
        return new JmxRegistration(guards.orderedStream().toList());
    }

    /** Not lazy, as above. */
    @Bean
    @Lazy(false)
    @ConditionalOnMissingBean
    @ConditionalOnProperty("guard.readiness.saturated-for")
    SaturatedReadiness guardReadiness(
            GuardProperties properties,
            Saturation saturation,
            ApplicationAvailability availability,
            ApplicationEventPublisher publisher) {
        Duration limit = Saturation.limit(
                "readiness.saturated-for", properties.readiness().saturatedFor());
        SaturatedReadiness readiness = new SaturatedReadiness(saturation, limit, availability, publisher);
        saturation.onSample(readiness);
        return readiness;
    }
}
