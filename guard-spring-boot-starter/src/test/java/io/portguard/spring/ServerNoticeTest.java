package io.portguard.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What a service is told at start of settings that do nothing on its server. */
@ExtendWith(OutputCaptureExtension.class)
class ServerNoticeTest {

    private static final String[] OF_NETTY_ALONE = {
        "guard.connections.proxy-protocol=required",
        "guard.connections.wrong-protocol=shadow",
        "guard.clients.read-rate=5000",
    };

    @ParameterizedTest
    @ValueSource(strings = {"Tomcat", "Jetty"})
    void namesWhatNettyAloneCanSee(String server, CapturedOutput output) {
        String[] properties = with("guard.connections.max-per-client=50", OF_NETTY_ALONE);
        try (GuardedService service =
                server.equals("Tomcat") ? GuardedService.start(properties) : GuardedService.startOnJetty(properties)) {
            assertThat(service.get("/hello").statusCode()).isEqualTo(200);
        }
        assertThat(output)
                .containsOnlyOnce("Guard server: configured without effect on " + server
                        + ", but on Netty alone: connections.proxy-protocol, connections.wrong-protocol,"
                        + " clients.read-rate");
    }

    @Test
    void isSilentWhereAllHasItsEffect(CapturedOutput output) {
        try (GuardedService tomcat = GuardedService.start("guard.connections.max-per-client=50");
                GuardedService netty = GuardedService.startReactive("guard.connections.wrong-protocol=shadow")) {
            assertThat(tomcat.get("/hello").statusCode()).isEqualTo(200);
            assertThat(netty.get("/hello").statusCode()).isEqualTo(200);
        }
        assertThat(output).doesNotContain("without effect");
    }

    @Test
    void saysThatConnectionsAreLeftAloneWhereTomcatSpeaksAnotherProtocol(CapturedOutput output) {
        try (GuardedService service = GuardedService.start(
                List.of(OtherProtocol.class), "logging.level.io.portguard=info", "guard.connections.max=100")) {
            assertThat(service.get("/hello").statusCode()).isEqualTo(200);
        }
        assertThat(output)
                .containsOnlyOnce("requests are guarded and connections are not: Tomcat speaks ")
                .containsOnlyOnce("configured without effect here: connections.max\n");
    }

    private static String[] with(String first, String... more) {
        return Stream.concat(Stream.of(first), Stream.of(more)).toArray(String[]::new);
    }

    @Configuration(proxyBeanMethods = false)
    static class OtherProtocol {

        @Bean
        WebServerFactoryCustomizer<TomcatWebServerFactory> nio2() {
            return factory -> factory.setProtocol("org.apache.coyote.http11.Http11Nio2Protocol");
        }
    }
}
