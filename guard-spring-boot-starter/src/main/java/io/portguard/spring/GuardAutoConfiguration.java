package io.portguard.spring;

import io.portguard.GuardListener;
import io.portguard.Rule;
import io.portguard.pressure.PressureSource;
import io.portguard.settings.InvalidSettingException;
import io.portguard.standard.StandardGuard;
import io.portguard.standard.StandardSettings;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
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

    /** Named in the conditions of no other bean: a guard of the user's does not excuse a misspelled property. */
    @Bean
    @Lazy(false)
    static UnknownProperties unknownGuardProperties(Environment environment) {
        return new UnknownProperties(environment);
    }

    @Bean
    @ConditionalOnMissingBean
    StandardGuard serverGuard(
            GuardProperties properties,
            Environment environment,
            ObjectProvider<GuardListener> listeners,
            ObjectProvider<PressureSource> pressureSources,
            @ForConnections ObjectProvider<Rule> connectionRules,
            @ForRequests ObjectProvider<Rule> requestRules,
            ObjectProvider<GuardCustomizer> customizers) {
        try {
            StandardGuard.Builder builder =
                    StandardGuard.builder(MAIN_PORT).configure(settings(properties, environment));
            listeners.orderedStream().forEach(builder::listener);
            pressureSources.orderedStream().forEach(builder::pressure);
            connectionRules.orderedStream().forEach(builder::connectionRules);
            requestRules.orderedStream().forEach(builder::requestRules);
            customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
            return builder.build();
        } catch (InvalidSettingException wrong) {
            throw new InvalidGuardPropertyException(wrong);
        }
    }

    private static Map<String, String> settings(GuardProperties properties, Environment environment) {
        Map<String, String> settings = new LinkedHashMap<>(properties.settings());
        settings.computeIfAbsent(StandardSettings.REQUESTS_EXEMPT.name(), exempt -> DefaultExemptPaths.of(environment));
        return settings;
    }

    /** Not lazy: an operator looks a guard up whether or not a bean of the service asks for its registration. */
    @Bean
    @Lazy(false)
    @ConditionalOnMissingBean
    JmxRegistration guardJmxRegistration(ObjectProvider<StandardGuard> guards) {
        return new JmxRegistration(guards.orderedStream().toList());
    }
}
