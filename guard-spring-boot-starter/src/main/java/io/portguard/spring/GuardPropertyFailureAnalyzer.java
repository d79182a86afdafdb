package io.portguard.spring;

import io.portguard.settings.InvalidSettingException;
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
        InvalidSettingException wrong = cause.wrong();
        String text = cause.isRelation()
                ? KnownProperties.namedIn(wrong.expected()).stream()
                        .map(name -> text(name, KnownProperties.defaultText(name) + " by default"))
                        .collect(Collectors.joining(", "))
                : text(KnownProperties.PREFIX + wrong.setting(), wrong.value());
        return PropertyText.analysis(text, wrong.expected(), rootFailure);
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
