package io.portguard.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.standard.StandardGuard;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.Banner;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.servlet.support.SpringBootServletInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.context.WebApplicationContext;

/** A service that is deployed into a Tomcat which is not its own has its requests guarded, and not its connections, and is told so. */
@ExtendWith(OutputCaptureExtension.class)
class WarInOutsideTomcatTest {

    @TempDir
    private Path directory;

    @Test
    void hasItsRequestsGuardedAndIsToldThatItsConnectionsAreNot(CapturedOutput output) throws Exception {
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(directory.toString());
        Connector connector = new Connector();
        connector.setPort(0);
        connector.setProperty("address", "127.0.0.1");
        tomcat.setConnector(connector);
        Context application = tomcat.addContext("", directory.toString());
        AtomicReference<ConfigurableApplicationContext> started = new AtomicReference<>();
        application.addServletContainerInitializer(
                (classes, servlets) -> {
                    new War().onStartup(servlets);
                    started.set((ConfigurableApplicationContext)
                            servlets.getAttribute(WebApplicationContext.ROOT_WEB_APPLICATION_CONTEXT_ATTRIBUTE));
                },
                null);
        tomcat.start();
        try (RawConnection client = new RawConnection(connector.getLocalPort())) {
            assertThat(client.request("GET", "/hello").response()).startsWith("HTTP/1.1 200");
            assertThat(client.request("GET", "/hello").response())
                    .startsWith("HTTP/1.1 429")
                    .contains("client-rate");
            StandardGuard guard = started.get().getBean(StandardGuard.class);
            assertThat(guard.guard().counts(Attempt.Kind.CONNECTION).admitted()).isZero();
        } finally {
            tomcat.stop();
            tomcat.destroy();
        }
        assertThat(started.get().isActive()).isFalse();
        assertThat(output)
                .containsOnlyOnce("Guard server: requests are guarded and connections are not:"
                        + " the server is not this application's own (expected: an embedded server)")
                .containsOnlyOnce("Guard server: configured without effect here: connections.max-per-client");
    }

    private static final class War extends SpringBootServletInitializer {

        @Override
        protected SpringApplicationBuilder configure(SpringApplicationBuilder builder) {
            return builder.sources(TestApplication.class)
                    .bannerMode(Banner.Mode.OFF)
                    .properties(
                            GuardedService.ON_TOMCAT,
                            "guard.clients.rate=0.001",
                            "guard.clients.burst=1",
                            "guard.connections.max-per-client=5",
                            "logging.level.io.portguard=info",
                            "logging.level.root=warn");
        }
    }
}
