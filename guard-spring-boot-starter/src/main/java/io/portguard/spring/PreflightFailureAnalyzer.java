package io.portguard.spring;

import io.portguard.spring.Preflight.PreflightFailedException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains a start that the preflight has ended. */
final class PreflightFailureAnalyzer extends AbstractFailureAnalyzer<PreflightFailedException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, PreflightFailedException cause) {
        return new FailureAnalysis(
                "The preflight found what will go wrong here:" + System.lineSeparator() + cause.getMessage(),
                "Mend what is listed, or start all the same with " + Preflight.PROPERTY + "=warn.",
                rootFailure);
    }
}
