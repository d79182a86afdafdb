package io.portguard.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.audit.TrailCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the audit trail of a real service says of a refusal. */
class GuardAuditTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void aRefusalIsRecordedWithBothEndsOfItsConnection(GuardManagementPortTest.Server server) throws IOException {
        int port;
        try (GuardedService service =
                server.start("guard.clients.rate=0.001", "guard.clients.burst=1", "guard.audit.folder=" + folder)) {
            port = service.port();
            assertThat(service.get("/hello").statusCode()).isEqualTo(200);
            assertThat(service.get("/hello").statusCode()).isEqualTo(429);
        }
        assertThat(linesOfRefusals())
                .singleElement()
                .asString()
                .contains("\"event.action\":\"refused\"", "\"source.ip\":\"127.0.0.1\"")
                .containsPattern("\"source.port\":[1-9]")
                .contains("\"destination.ip\":\"127.0.0.1\",\"destination.port\":" + port + ",");
        assertThat(TrailCheck.of(folder, "server").isSound()).isTrue();
    }

    private List<String> linesOfRefusals() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            Path trail = files.filter(file -> file.getFileName().toString().startsWith("server."))
                    .findFirst()
                    .orElseThrow();
            return Files.readAllLines(trail).stream()
                    .filter(line -> line.contains("\"event.reason\":\"client-rate\""))
                    .toList();
        }
    }
}
