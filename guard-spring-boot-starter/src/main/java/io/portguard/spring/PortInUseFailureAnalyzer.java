package io.portguard.spring;

import io.portguard.doctor.CannotLookException;
import io.portguard.doctor.Doctor;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Explains a port that is taken by naming who has it. Asked before Spring Boot's own analyzer, which does not know; where
 * this one does not either, that one speaks.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class PortInUseFailureAnalyzer extends AbstractFailureAnalyzer<PortInUseException> {

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, PortInUseException cause) {
        try {
            List<String> holders = Doctor.ofThisSystem(Duration.ZERO).holdersOf(cause.getPort());
            if (!holders.isEmpty()) {
                return new FailureAnalysis(
                        "Port " + cause.getPort() + " is taken. It is listened on by:" + System.lineSeparator() + "  "
                                + String.join(System.lineSeparator() + "  ", holders),
                        "End that process, or let this service listen on another port (server.port).",
                        rootFailure);
            }
        } catch (CannotLookException elsewhere) {
            // Spring Boot's own analyzer says what can be said.
        }
        return null;
    }
}
