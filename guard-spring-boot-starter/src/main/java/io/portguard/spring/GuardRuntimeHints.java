package io.portguard.spring;

import io.portguard.jmx.GuardMXBean;
import io.portguard.jmx.ShadowedRule;
import io.portguard.jmx.TopClient;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.util.ClassUtils;

/**
 * What a native image has to know of the guard beside what Spring Boot finds by itself: the protocol that Tomcat makes
 * by its name, what JMX reflects on, and what the endpoint answers.
 */
final class GuardRuntimeHints implements RuntimeHintsRegistrar {

    private static final String TOMCAT_PROTOCOL = "io.portguard.servlet.tomcat.GuardedHttp11NioProtocol";
    private static final String ENDPOINTS = "org.springframework.boot.actuate.endpoint.OperationResponseBody";

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
        hints.reflection()
                .registerType(GuardMXBean.class, MemberCategory.INVOKE_PUBLIC_METHODS)
                .registerType(ShadowedRule.class, MemberCategory.INVOKE_PUBLIC_METHODS)
                .registerType(TopClient.class, MemberCategory.INVOKE_PUBLIC_METHODS)
                .registerTypeIfPresent(classLoader, TOMCAT_PROTOCOL, MemberCategory.INVOKE_PUBLIC_CONSTRUCTORS);
        if (ClassUtils.isPresent(ENDPOINTS, classLoader)) {
            Answers.register(hints);
        }
    }

    /** Apart, because the Actuator need not be on the class path. */
    private static final class Answers {

        static void register(RuntimeHints hints) {
            List<Class<?>> answers = List.of(
                    GuardDescription.class,
                    GuardDescription.State.class,
                    GuardDescription.Decisions.class,
                    GuardDescription.SettingDescription.class,
                    GuardEndpoint.Bans.class,
                    GuardEndpoint.GuardList.class,
                    GuardEndpoint.GuardSummary.class,
                    GuardEndpoint.Problem.class);
            new BindingReflectionHintsRegistrar()
                    .registerReflectionHints(hints.reflection(), answers.toArray(new Class<?>[0]));
        }
    }
}
