package io.portguard.spring;

import java.util.stream.Collectors;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;

/** Explains {@code guard.*} properties that the core does not accept: out of range, or at odds with each other. */
final class GuardPropertyFailureAnalyzer extends AbstractFailureAnalyzer<InvalidGuardPropertyException> {

    private final Environment environment;

    GuardPropertyFailureAnalyzer(Environment environment) {
        this.environment = environment;
    }

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidGuardPropertyException cause) {
        boolean several = cause.values().size() > 1;
        String text = cause.values().entrySet().stream()
                .map(each -> text(each.getKey(), several ? each.getValue() + " by default" : each.getValue()))
                .collect(Collectors.joining(", "));
        return PropertyText.analysis(text, cause.expected(), rootFailure);
    }

    /** As it was configured where that is known, which names its place as well. */
    private String text(String name, String otherwise) {
        ConfigurationPropertyName propertyName = ConfigurationPropertyName.of(name);
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            ConfigurationProperty property = source.getConfigurationProperty(propertyName);
            if (property != null) {
                return PropertyText.of(name, property);
            }
        }
        return PropertyText.of(name, otherwise, null);
    }
}
