package io.portguard.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.Reason;
import io.portguard.servlet.RunningServer.Container;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** TLS and HTTP/2, on platform and on virtual threads. */
@Timeout(120)
class TlsTest {

    private static final boolean VIRTUAL_THREADS = Runtime.version().feature() >= 21;

    @TempDir
    static Path directory;

    private static TestCertificate certificate;

    @BeforeAll
    static void makeCertificate() throws Exception {
        certificate = TestCertificate.make(directory);
    }

    static Stream<Arguments> cases() {
        return Stream.of(Container.values())
                .flatMap(container -> Stream.of(HttpClient.Version.values())
                        .flatMap(version -> Stream.of(false, true)
                                .filter(virtual -> !virtual || VIRTUAL_THREADS)
                                .map(virtual -> Arguments.of(container, version, virtual))));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aRefusedRequestKeepsItsConnection(Container container, HttpClient.Version version, boolean virtualThreads)
            throws Exception {
        RunningServer.Setup setup = RunningServer.with().tls(certificate).servlet("/thread", (request, response) -> {
            response.getWriter().print(Thread.currentThread().toString().startsWith("VirtualThread"));
        });
        try (RunningServer server = container.start(virtualThreads ? setup.virtualThreads() : setup)) {
            HttpClient client = HttpClient.newBuilder()
                    .version(version)
                    .sslContext(certificate.trusting())
                    .build();
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create("https://127.0.0.1:" + server.localPort() + "/thread"))
                    .build();
            for (int i = 0; i < 3; i++) {
                server.rule.refuse(Reason.OVERLOAD);
                HttpResponse<String> refused = client.send(request, HttpResponse.BodyHandlers.ofString());
                assertThat(refused.version()).isEqualTo(version);
                assertThat(refused.statusCode()).isEqualTo(503);
                server.rule.pass();
                HttpResponse<String> served = client.send(request, HttpResponse.BodyHandlers.ofString());
                assertThat(served.body()).isEqualTo(Boolean.toString(virtualThreads));
            }
            assertThat(server.port.guard().counts(Attempt.Kind.CONNECTION).admitted())
                    .isEqualTo(1);
            server.stop();
        }
    }

    @ParameterizedTest
    @CsvSource({"TOMCAT, HTTP_1_1", "TOMCAT, HTTP_2", "JETTY, HTTP_1_1", "JETTY, HTTP_2"})
    void aConnectionOutlivesTheTimeForItsHandshakeAndNotTheTimeToBeIdle(Container container, HttpClient.Version version)
            throws Exception {
        try (RunningServer server = container.start(RunningServer.with()
                .tls(certificate)
                .setting("connections.tls-handshake-timeout", "500ms")
                .setting("connections.idle-timeout", "2s"))) {
            HttpClient client = HttpClient.newBuilder()
                    .version(version)
                    .sslContext(certificate.trusting())
                    .build();
            HttpRequest request = HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.localPort() + "/ok"))
                    .build();
            for (int i = 0; i < 2; i++) {
                assertThat(client.send(request, HttpResponse.BodyHandlers.ofString())
                                .body())
                        .isEqualTo("ok");
                try (RawClient silent = new RawClient(server.localPort())) {
                    assertThat(silent.isClosedByServer()).isTrue(); // the time of a handshake
                }
            }
            assertThat(client.send(request, HttpResponse.BodyHandlers.ofString())
                            .body())
                    .isEqualTo("ok");
            assertThat(server.port.guard().counts(Attempt.Kind.CONNECTION).admitted())
                    .isEqualTo(3);
            server.awaitNothingActive();
        }
    }

    @ParameterizedTest
    @CsvSource({"TOMCAT, HTTP_1_1", "TOMCAT, HTTP_2", "JETTY, HTTP_1_1", "JETTY, HTTP_2"})
    void clientsAreToldByTheirCertificate(Container container, HttpClient.Version version) throws Exception {
        try (RunningServer server = container.start(RunningServer.with()
                .mutualTls(certificate)
                .setting("clients.identify-by", "certificate")
                .setting("connections.idle-timeout", "2s")
                .setting("clients.rate", "0.001")
                .setting("clients.burst", "1"))) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.localPort() + "/ok"))
                    .build();
            List<Integer> statuses = new ArrayList<>();
            for (int connection = 0; connection < 2; connection++) {
                HttpClient client = HttpClient.newBuilder()
                        .version(version)
                        .sslContext(certificate.proving())
                        .build();
                statuses.add(client.send(request, HttpResponse.BodyHandlers.discarding())
                        .statusCode());
            }
            assertThat(statuses).containsExactly(200, 429);
            assertThat(server.port.topClients(10))
                    .extracting(client -> client.client().toString())
                    .contains("CN=localhost");
            server.awaitNothingActive();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aHandshakeThatDoesNotComeEndsWithTheTimeForOne(Container container) throws Exception {
        try (RunningServer server = container.start(
                        RunningServer.with().tls(certificate).setting("connections.tls-handshake-timeout", "100ms"));
                RawClient silent = new RawClient(server.localPort());
                RawClient halfway = new RawClient(server.localPort())) {
            halfway.sendBytes("\u0016\u0003\u0001\u0002\u0000");
            assertThat(silent.isClosedByServer()).isTrue();
            assertThat(halfway.isClosedByServer()).isTrue();
            server.awaitNothingActive();
        }
    }
}
