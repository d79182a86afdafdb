package io.portguard.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.pressure.NetworkNamespace;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Real scans of real ports. {@code -Dportguard.scans=1000} has as many of them made as are promised to be recognised;
 * otherwise few are, for the time it takes.
 */
@Timeout(1_800)
class NmapTest {

    private static final String SCANS = System.getProperty("portguard.scans", "5");

    private static Map<String, String> scan(String times, String... options) throws Exception {
        NetworkNamespace.assumePossible("nmap --version");
        String[] arguments = Stream.concat(Stream.of(times), Stream.of(options)).toArray(String[]::new);
        try (NetworkNamespace namespace = NetworkNamespace.run("ip link set lo up", NmapScenario.class, arguments)) {
            Map<String, String> report = namespace.report();
            assertThat(report).containsEntry("open", "0");
            return report;
        }
    }

    @Test
    void connectScansAreRecognised() throws Exception {
        Map<String, String> report = scan(SCANS, "-sT");
        assertThat(report).containsEntry("recognised", SCANS);
        assertThat(report.get("scanner")).endsWith(" (3 ports)");
    }

    /** They ask for a page in the end, and are known for what they did before. */
    @ParameterizedTest
    @ValueSource(strings = {"-sT", "-sS"})
    void versionScansAreRecognised(String first) throws Exception {
        assertThat(scan(SCANS, first, "-sV")).containsEntry("missed", "[]").containsEntry("recognised", SCANS);
    }

    /** No connection comes to be, so that nobody can be told; but that there was something is. */
    @Test
    void ofSynScansTheHalfOpenConnectionsAreTold() throws Exception {
        Map<String, String> report = scan("2", "-sS");
        assertThat(report)
                .containsEntry("recognised", "0")
                .containsEntry("accepted", "0")
                .containsEntry("resets", "6");
        assertThat(report.get("findings")).contains("half-open-resets");
    }
}
