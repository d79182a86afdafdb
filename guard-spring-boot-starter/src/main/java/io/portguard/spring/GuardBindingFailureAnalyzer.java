package io.portguard.spring;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Explains {@code guard.*} properties that do not exist or cannot be read as what they have to be. Before Spring
 * Boot's own analyzer, which can say neither what was meant nor what is expected.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class GuardBindingFailureAnalyzer extends AbstractFailureAnalyzer<BindException> {

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BindException cause) {
        if (!(cause.getName() + ".").startsWith(KnownProperties.PREFIX)) {
            return null;
        }
        if (cause.getCause() instanceof UnboundConfigurationPropertiesException unknown) {
            return unknown(unknown, rootFailure);
        }
        ConfigurationProperty property = cause.getProperty();
        return property == null ? null : unreadable(property, rootFailure);
    }

    private static FailureAnalysis unknown(UnboundConfigurationPropertiesException unknown, Throwable failure) {
        List<String> sentences = new ArrayList<>();
        for (ConfigurationProperty property : unknown.getUnboundProperties()) {
            String name = property.getName().toString();
            sentences.add("There is no property " + PropertyText.of(name, property) + "; the nearest are "
                    + String.join(", ", KnownProperties.nearest(name)) + ".");
        }
        return new FailureAnalysis(
                String.join(System.lineSeparator(), sentences),
                "Correct the name, or remove the property. A limit that is misspelled would be a limit that is missing.",
                failure);
    }

    private static FailureAnalysis unreadable(ConfigurationProperty property, Throwable failure) {
        String name = property.getName().toString();
        return PropertyText.analysis(PropertyText.of(name, property), KnownProperties.expected(name), failure);
    }
}
