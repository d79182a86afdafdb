package io.portguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Failure;
import io.portguard.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that other people have written; skipped, loudly, where they are not installed. */
class PeerTest {

    /** Nothing is refused but by the test, however slow the machine is. */
    private static final Map<String, String> PATIENT = Map.of(
            "requests.concurrency.algorithm", "fixed",
            "shedding.enabled", "false");

    @TempDir
    Path folder;

    @Test
    void curl() throws Exception {
        assumeInstalled("curl");
        try (LoopbackServer server = new LoopbackServer(PATIENT, Protocol.HTTP_1_OR_2_IN_THE_CLEAR)) {
            String url = "http://127.0.0.1:" + server.port() + "/hello";
            for (String version : new String[] {"--http1.1", "--http2", "--http2-prior-knowledge"}) {
                assertThat(run("curl", "-s", version, url)).isEqualTo("hello");
                server.requestGate.refuse(Reason.CLIENT_RATE);
                assertThat(run("curl", "-s", "-w", " %{http_code}", version, url))
                        .isEqualTo("{\"status\":429,\"title\":\"Too Many Requests\",\"reason\":\"client-rate\"} 429");
                String body = "x".repeat(100_000);
                assertThat(run("curl", "-s", "-w", " %{http_code}", version, "-d", body, url))
                        .endsWith("\"client-rate\"} 429");
                server.requestGate.pass();
            }
        }
    }

    @Test
    void nghttpReadsARefusedStreamAndGoesOnWithTheNext() throws Exception {
        assumeInstalled("nghttp");
        try (LoopbackServer server = new LoopbackServer(PATIENT, Protocol.HTTP_2)) {
            server.requestGate.refuse(Reason.OVERLOAD);
            String base = "http://127.0.0.1:" + server.port();
            String both = run("nghttp", base + "/hello", base + "/readyz");
            assertThat(both).contains("\"overload\"").contains("hello");
            assertThat(server.pipelines).as("connections").hasValue(1);
        }
    }

    @Test
    void h2load() throws Exception {
        assumeInstalled("h2load");
        try (LoopbackServer server = new LoopbackServer(PATIENT, Protocol.HTTP_2)) {
            String url = "http://127.0.0.1:" + server.port() + "/hello";
            String[] load = {"h2load", "-n", "5000", "-c", "10", "-m", "20", url};
            assertThat(run(load)).contains("5000 succeeded, 0 failed").contains("5000 2xx");
            server.requestGate.refuse(Reason.FAIR_SHARE);
            assertThat(run(load)).contains("5000 done").contains("5000 4xx");
            assertThat(server.pipelines)
                    .as("connections, none of them ended by a refusal")
                    .hasValue(20);
        }
    }

    @Test
    void wrk() throws Exception {
        assumeInstalled("wrk");
        try (LoopbackServer server = new LoopbackServer(PATIENT)) {
            String url = "http://127.0.0.1:" + server.port() + "/hello";
            String[] load = {"wrk", "-t", "1", "-c", "10", "-d", "1s", url};
            assertThat(run(load))
                    .contains("Requests/sec")
                    .doesNotContain("Non-2xx")
                    .doesNotContain("Socket errors");
            server.requestGate.refuse(Reason.CONCURRENCY);
            assertThat(run(load)).contains("Non-2xx").doesNotContain("Socket errors");
        }
    }

    /** Headers that never end, while others come on new connections. */
    @Test
    void slowhttptest() throws Exception {
        Tool slowhttptest = Tool.of("slowhttptest");
        try (LoopbackServer server = new LoopbackServer(Map.of(
                "connections.request-timeout", "500ms",
                "requests.concurrency.algorithm", "fixed",
                "shedding.enabled", "false"))) {
            String url = "http://127.0.0.1:" + server.port() + "/hello";
            List<String> headers =
                    List.of("-H", "-c", "300", "-r", "300", "-i", "1", "-l", "15", "-x", "10", "-u", url);
            Process attack = slowhttptest.start(folder.resolve("log"), headers);
            try {
                Eventually.until("it holds connections", () -> server.activeConnections() >= 50);
                Eventually.until("they are ended for that", () -> {
                    try (RawClient other = server.connect()) {
                        assertThat(other.get("/hello")).endsWith("hello");
                    } catch (IOException refused) {
                        throw new AssertionError(refused);
                    }
                    return server.guard.penalties().failures(Failure.TIMEOUT) >= 100;
                });
            } finally {
                attack.destroyForcibly().waitFor();
            }
        }
    }

    private static void assumeInstalled(String command) {
        boolean installed = Arrays.stream(System.getenv("PATH").split(":", -1))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, command)));
        if (!installed) {
            System.err.println("SKIPPED: " + command + " is not installed, so nothing was tried with it");
        }
        Assumptions.assumeTrue(installed, () -> command + " is not installed");
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            return output;
        } finally {
            process.destroyForcibly();
        }
    }
}
