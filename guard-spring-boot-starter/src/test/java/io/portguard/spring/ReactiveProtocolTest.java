package io.portguard.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portguard.Attempt;
import io.portguard.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A service on Reactor Netty that speaks TLS and HTTP/2, and the bodies that it is sent. */
class ReactiveProtocolTest {

    private static final String PASSWORD = "changeit";

    @TempDir
    private static Path directory;

    private static Path keys;

    @BeforeAll
    static void makeCertificate() throws Exception {
        keys = directory.resolve("keys.p12");
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        Process made = new ProcessBuilder((keytool + " -genkeypair -alias test -keyalg EC -dname CN=localhost"
                                + " -ext san=ip:127.0.0.1 -storetype PKCS12 -storepass " + PASSWORD + " -keystore "
                                + keys)
                        .split(" "))
                .inheritIO()
                .start();
        assertThat(made.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(made.exitValue()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void refusesARequestAndKeepsItsConnection(HttpClient.Version version) throws Exception {
        try (GuardedService service = secured("guard.clients.rate=0.001", "guard.clients.burst=2")) {
            HttpClient client = HttpClient.newBuilder()
                    .version(version)
                    .sslContext(trusting())
                    .build();
            HttpRequest request = HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + service.port() + "/hello"))
                    .build();
            int[] statuses = new int[4];
            for (int i = 0; i < statuses.length; i++) {
                HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
                assertThat(answer.version()).isEqualTo(version);
                statuses[i] = answer.statusCode();
            }
            assertThat(statuses).containsExactly(200, 200, 429, 429);
            assertThat(service.guard().guard().counts(Attempt.Kind.CONNECTION).admitted())
                    .isEqualTo(1);
        }
    }

    @Test
    void endsAHandshakeThatTakesTooLong() throws Exception {
        try (GuardedService service = secured(
                        "guard.connections.tls-handshake-timeout=200ms", "guard.connections.request-timeout=1m");
                RawConnection silent = new RawConnection(service.port())) {
            assertThat(silent.isClosedWithoutAWord()).isTrue();
            assertThat(service.guard().guard().counts(Attempt.Kind.CONNECTION).rejected(Reason.TIMEOUT))
                    .isEqualTo(1);
        }
    }

    @Test
    void refusesMoreHandshakesThanMayBeInProgress() throws Exception {
        try (GuardedService service = secured("guard.connections.max-tls-handshakes=1")) {
            HttpClient client = HttpClient.newBuilder().sslContext(trusting()).build();
            HttpRequest request = HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + service.port() + "/hello"))
                    .build();
            try (RawConnection stalled = new RawConnection(service.port())) {
                stalled.send(clientHello());
                GuardedService.await("a handshake is in progress", () -> handshakes(service) == 1);
                assertThatThrownBy(() -> client.send(request, HttpResponse.BodyHandlers.ofString()))
                        .isInstanceOf(IOException.class);
                // The client tries again by itself.
                assertThat(service.guard()
                                .guard()
                                .counts(Attempt.Kind.HANDSHAKE)
                                .rejected(Reason.CONCURRENCY))
                        .isPositive();
            }
            GuardedService.await("no handshake is in progress", () -> handshakes(service) == 0);
            assertThat(client.send(request, HttpResponse.BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(200);
            assertThat(handshakes(service)).isZero();
        }
    }

    @Test
    void endsConnectionsThatBeginWithAConfiguredSignatureAndServesAllOthers() throws Exception {
        try (GuardedService service =
                        GuardedService.startReactive("guard.connections.signatures=scan: text \"stats \"");
                RawConnection scanner = new RawConnection(service.port());
                RawConnection other = new RawConnection(service.port())) {
            scanner.send("stats \r\n");
            other.request("GET", "/hello");
            assertThat(scanner.isClosedWithoutAWord()).isTrue();
            assertThat(other.response()).startsWith("HTTP/1.1 200");
            assertThat(service.guard().checks().signatures().counts()).isEqualTo(Map.of("scan", 1L));
        }
    }

    /** Of 4 MB in one buffer the client reads the header: what is left is dropped when it has waited long enough. */
    @Test
    void givesUpAnAnswerThatItsClientDoesNotRead() throws Exception {
        try (GuardedService service = GuardedService.startReactive("guard.connections.idle-timeout=300ms");
                RawConnection deaf = new RawConnection(service.port())) {
            deaf.request("GET", "/block");
            assertThat(deaf.header()).startsWith("HTTP/1.1 200");
            GuardedService.await(
                    "nothing in flight", () -> service.guard().status().activeRequests() == 0);
            GuardedService.await(
                    "the connection is closed", () -> service.guard().status().activeConnections() == 0);
        }
    }

    @Test
    void turnsDownAHandshakeByItsServerName() throws Exception {
        try (GuardedService service = secured(
                "guard.connections.server-names[0]=api.example.com=allow",
                "guard.connections.server-names[1]=*=deny")) {
            HttpClient client = HttpClient.newBuilder().sslContext(trusting()).build();
            HttpRequest request = HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + service.port() + "/hello"))
                    .build();
            assertThatThrownBy(() -> client.send(request, HttpResponse.BodyHandlers.ofString()))
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("unrecognized_name");
        }
    }

    @Test
    void turnsDownAProtocolThatIsNotSpokenThere() throws Exception {
        try (GuardedService service = secured();
                RawConnection plain = new RawConnection(service.port())) {
            plain.request("GET", "/hello");
            assertThat(plain.response()).startsWith("HTTP/1.1 400");
        }
    }

    @Test
    void believesThePreambleOfATrustedProxy() throws Exception {
        try (GuardedService service = GuardedService.startReactive(
                        "guard.clients.trusted-proxies=127.0.0.1", "guard.access.deny=192.0.2.1");
                RawConnection denied = new RawConnection(service.port());
                RawConnection other = new RawConnection(service.port())) {
            denied.send("PROXY TCP4 192.0.2.1 127.0.0.1 4711 80\r\n");
            other.send("PROXY TCP4 192.0.2.2 127.0.0.1 4711 80\r\n");
            other.request("GET", "/hello");
            assertThat(other.response()).startsWith("HTTP/1.1 200");
            assertThat(denied.isClosedWithoutAWord()).isTrue();
        }
    }

    @Test
    void endsABodyThatIsSlowerThanTheLeastRateAndNoOther() throws Exception {
        try (GuardedService service = GuardedService.startReactive("guard.connections.min-data-rate=1000000");
                RawConnection slow = new RawConnection(service.port());
                RawConnection fast = new RawConnection(service.port())) {
            slow.request("POST", "/length", "Content-Type: text/plain", "Content-Length: 100000000");
            fast.request("POST", "/length", "Content-Type: text/plain", "Content-Length: 3");
            assertThat(fast.send("abc").response()).startsWith("HTTP/1.1 200").endsWith("3");
            GuardedService.await("ended", () -> {
                try {
                    slow.send("x");
                } catch (IOException ended) {
                    return true;
                }
                return service.guard().guard().counts(Attempt.Kind.CONNECTION).rejected(Reason.TIMEOUT) == 1;
            });
            assertThat(service.guard().guard().counts(Attempt.Kind.CONNECTION).rejected(Reason.TIMEOUT))
                    .isEqualTo(1);
        }
    }

    @Test
    void holdsAClientToWhatItMaySend() throws Exception {
        int rate = 60_000;
        int length = 4 * rate; // within what WebFlux reads into memory
        try (GuardedService service = GuardedService.startReactive("guard.clients.read-rate=" + rate);
                RawConnection client = new RawConnection(service.port())) {
            long begun = System.nanoTime();
            client.request("POST", "/length", "Content-Type: text/plain", "Content-Length: " + length);
            client.send("x".repeat(length));
            assertThat(client.response()).startsWith("HTTP/1.1 200").endsWith(String.valueOf(length));
            // A second's worth goes at once, and a read of 64 KiB may be ahead.
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofSeconds(1));
        }
    }

    private static GuardedService secured(String... settings) {
        String[] properties = new String[settings.length + 3];
        System.arraycopy(settings, 0, properties, 0, settings.length);
        properties[settings.length] = "server.ssl.key-store=" + keys;
        properties[settings.length + 1] = "server.ssl.key-store-password=" + PASSWORD;
        properties[settings.length + 2] = "server.http2.enabled=true";
        return GuardedService.startReactive(properties);
    }

    private static long handshakes(GuardedService service) {
        return service.guard().guard().counts(Attempt.Kind.HANDSHAKE).active();
    }

    /** What a client says first, after which it may be silent. */
    private static byte[] clientHello() throws Exception {
        SSLEngine client = trusting().createSSLEngine();
        client.setUseClientMode(true);
        ByteBuffer hello = ByteBuffer.allocate(client.getSession().getPacketBufferSize());
        client.wrap(ByteBuffer.allocate(0), hello);
        return Arrays.copyOf(hello.array(), hello.position());
    }

    /** For clients that trust the certificate of the service alone. */
    private static SSLContext trusting() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keys)) {
            store.load(in, PASSWORD.toCharArray());
        }
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("test", store.getCertificate("test"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
