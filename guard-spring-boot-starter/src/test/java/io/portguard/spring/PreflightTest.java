package io.portguard.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portguard.jmx.GuardMBeans;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@EnabledOnOs(OS.LINUX)
@ExtendWith(OutputCaptureExtension.class)
class PreflightTest {

    private static final String FOUND = "The preflight found what will go wrong here";

    /** The kernel chooses it out of the range that it takes the ports of outgoing connections from. */
    private static int portOfTheKernelsChoice() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return server.getLocalPort();
        }
    }

    @Test
    void findingsAreOneWarningAndTheServiceStarts(CapturedOutput output) throws IOException {
        int port = portOfTheKernelsChoice();
        try (GuardedService service = GuardedService.start("server.port=" + port)) {
            assertThat(service.port()).isEqualTo(port);
            assertThat(output)
                    .containsOnlyOnce(FOUND + " (guard.preflight=off silences it):")
                    .contains("WARNING   Port " + port + " is in the range that outgoing")
                    .contains("ip_local_reserved_ports=" + port);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"off", "false"})
    void whoDoesNotWantItHearsNothing(String off, CapturedOutput output) throws IOException {
        try (GuardedService service =
                GuardedService.start("server.port=" + portOfTheKernelsChoice(), "guard.preflight=" + off)) {
            assertThat(service.port()).isPositive();
            assertThat(output).doesNotContain("preflight");
        }
    }

    @Test
    void findingsCanEndTheStart(CapturedOutput output) throws IOException {
        int port = portOfTheKernelsChoice();
        assertThatThrownBy(() -> GuardedService.start("server.port=" + port, "guard.preflight=fail"))
                .hasRootCauseInstanceOf(Preflight.PreflightFailedException.class);
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains(FOUND + ":")
                .contains("WARNING   Port " + port + " is in the range that outgoing")
                .contains("Mend what is listed, or start all the same with guard.preflight=warn.");
    }

    @Test
    void aPortOfTheKernelsChoiceIsNoTrouble(CapturedOutput output) {
        try (GuardedService service = GuardedService.start()) {
            assertThat(service.port()).isPositive();
            assertThat(output).doesNotContain("is in the range that outgoing");
        }
    }

    @Test
    void aPortThatIsTakenEndsTheStartAndTheHolderIsNamed(CapturedOutput output) throws IOException {
        try (ServerSocket holder = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = holder.getLocalPort();
            assertThatThrownBy(() -> GuardedService.start("server.port=" + port))
                    .isInstanceOf(RuntimeException.class);
            assertThat(output)
                    .contains("Port " + port + " is taken. It is listened on by:")
                    .contains("127.0.0.1:" + port + " process "
                            + ProcessHandle.current().pid() + " (java ")
                    .contains("End that process, or let this service listen on another port (server.port).")
                    .doesNotContain("Web server failed to start");
        }
    }

    @Test
    void aWordThatIsNoneFailsTheStart(CapturedOutput output) {
        assertThatThrownBy(() -> GuardedService.start("guard.preflight=loud")).isInstanceOf(RuntimeException.class);
        assertThat(output).contains("guard.preflight: \"loud\"").contains("expected is off, warn or fail.");
    }

    @Test
    void onlyAServiceWithAPortIsLookedAt() {
        AutoConfigurations guard =
                AutoConfigurations.of(GuardAutoConfiguration.class, GuardPreflightAutoConfiguration.class);
        new ApplicationContextRunner()
                .withConfiguration(guard)
                .run(context -> assertThat(context).doesNotHaveBean(Preflight.class));
        new WebApplicationContextRunner()
                .withConfiguration(guard)
                .run(context -> assertThat(context).hasSingleBean(Preflight.class));
        new WebApplicationContextRunner()
                .withConfiguration(guard)
                .withPropertyValues("guard.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(Preflight.class));
    }

    @Test
    void theDiagnosisKnowsThePortsOfTheService() throws Exception {
        try (ServerSocket undeclared = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                GuardedService service = GuardedService.start("management.server.port=0")) {
            assertThat(service.guard().declaredPorts())
                    .containsExactlyInAnyOrder(service.port(), service.managementPort());
            String diagnosis = (String) ManagementFactory.getPlatformMBeanServer()
                    .invoke(GuardMBeans.nameOf(service.guard()), "diagnose", new Object[0], new String[0]);
            assertThat(diagnosis).startsWith("Port " + service.port() + " of process ");
            assertThat(diagnosis.split("\n\n", -1))
                    .filteredOn(part -> part.contains("which nobody declared"))
                    .singleElement()
                    .asString()
                    .contains(":" + undeclared.getLocalPort())
                    .doesNotContain(":" + service.managementPort());
        }
    }
}
