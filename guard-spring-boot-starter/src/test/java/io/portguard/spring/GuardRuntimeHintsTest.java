package io.portguard.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.jmx.GuardMXBean;
import io.portguard.jmx.TopClient;
import io.portguard.servlet.tomcat.GuardedHttp11NioProtocol;
import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.core.io.support.SpringFactoriesLoader;

class GuardRuntimeHintsTest {

    private final RuntimeHints hints = new RuntimeHints();

    @Test
    void areFoundBySpring() {
        assertThat(SpringFactoriesLoader.forResourceLocation("META-INF/spring/aot.factories")
                        .load(RuntimeHintsRegistrar.class))
                .hasAtLeastOneElementOfType(GuardRuntimeHints.class);
    }

    @Test
    void letTomcatMakeItsProtocolByName() throws Exception {
        register();
        assertThat(RuntimeHintsPredicates.reflection()
                        .onConstructorInvocation(GuardedHttp11NioProtocol.class.getConstructor()))
                .accepts(hints);
    }

    @Test
    void letJmxReflect() throws Exception {
        register();
        for (Class<?> type : new Class<?>[] {GuardMXBean.class, TopClient.class}) {
            for (var method : type.getDeclaredMethods()) {
                if (java.lang.reflect.Modifier.isPublic(method.getModifiers())) {
                    assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(method))
                            .as(method.toString())
                            .accepts(hints);
                }
            }
        }
    }

    @Test
    void letTheEndpointsAnswersBeWritten() throws Exception {
        register();
        for (Class<?> type : new Class<?>[] {
            GuardDescription.class,
            GuardDescription.State.class,
            GuardDescription.SettingDescription.class,
            GuardEndpoint.GuardSummary.class,
            GuardEndpoint.Problem.class
        }) {
            for (var component : type.getRecordComponents()) {
                assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(component.getAccessor()))
                        .as(component.toString())
                        .accepts(hints);
            }
        }
    }

    @Test
    void doWithoutTheActuator() {
        ClassLoader bare =
                new FilteredClassLoader(WebEndpoint.class.getPackageName(), "org.springframework.boot.actuate");
        new GuardRuntimeHints().registerHints(hints, bare);
        assertThat(RuntimeHintsPredicates.reflection().onType(GuardMXBean.class))
                .accepts(hints);
        assertThat(RuntimeHintsPredicates.reflection().onType(GuardDescription.class))
                .rejects(hints);
    }

    private void register() {
        new GuardRuntimeHints().registerHints(hints, getClass().getClassLoader());
    }
}
