package io.portguard.spring;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Whether {@code guard.enabled} is not false, read as every other property is: {@code no} and {@code off} are
 * false too, and what is neither true nor false fails the start. Spring Boot's condition on a boolean property
 * would take anything but {@code true} for false, and leave the port open without a word.
 */
final class OnGuardEnabled extends SpringBootCondition {

    private static final String PROPERTY = KnownProperties.PREFIX + "enabled";

    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        boolean enabled = Binder.get(context.getEnvironment())
                .bind(PROPERTY, Boolean.class)
                .orElse(true);
        return new ConditionOutcome(enabled, ConditionMessage.of(PROPERTY + " is " + enabled));
    }
}
