package io.portguard.spring;

import io.portguard.spring.UnknownProperties.UnknownPropertiesException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains {@code guard.*} properties that do not exist. */
final class UnknownPropertiesFailureAnalyzer extends AbstractFailureAnalyzer<UnknownPropertiesException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, UnknownPropertiesException cause) {
        return new FailureAnalysis(
                String.valueOf(cause.getMessage()),
                "Correct the name, or remove the property. A limit that is misspelled is a limit that is missing.",
                rootFailure);
    }
}
