package io.portguard.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Explains {@code guard.*} properties that cannot be read as what they have to be. Before Spring Boot's own
 * analyzer, which does not know what is expected.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class GuardBindingFailureAnalyzer extends AbstractFailureAnalyzer<BindException> {

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BindException cause) {
        ConfigurationProperty property = cause.getProperty();
        if (property == null || !property.getName().toString().startsWith(KnownProperties.PREFIX)) {
            return null;
        }
        String name = property.getName().toString();
        return PropertyText.analysis(PropertyText.of(name, property), KnownProperties.expected(name), rootFailure);
    }
}
