package io.portguard.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.standard.StandardGuard;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;

@ExtendWith(OutputCaptureExtension.class)
class NettySettingsTest {

    private final StandardGuard guard = StandardGuard.builder("server")
            .configure(Map.of("clients.read-rate", "5000", "connections.wrong-protocol", "shadow"))
            .build();

    @AfterEach
    void close() {
        guard.close();
    }

    @Test
    void whatTomcatCannotDoIsTold(CapturedOutput output) {
        new TomcatConnectionGuard(guard).customize(new TomcatServletWebServerFactory());
        assertThat(output)
                .contains("guard.clients.read-rate=5000 has no effect: Tomcat cannot do that"
                        + " (expected: a server on Netty)")
                .contains("guard.connections.wrong-protocol=shadow has no effect")
                .doesNotContain("write-rate")
                .doesNotContain("signatures");
    }

    @Test
    void whatJettyCannotDoIsTold(CapturedOutput output) {
        new JettyConnectionGuard(guard).customize(new JettyServletWebServerFactory());
        assertThat(output).contains("guard.clients.read-rate=5000 has no effect: Jetty cannot do that");
    }
}
