package io.portguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.portguard.wire.HandshakeFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

/** Handshakes that fail, and that it is told why. */
class FailedHandshakeTest extends TlsServerTest {

    @Test
    void aHelloThatIsHugeOrEmptyIsNotCollected() throws Exception {
        try (LoopbackServer server = server()) {
            for (byte[] bytes :
                    List.of(new byte[] {22, 3, 1, 0, 4, 1, 0x10, 0, 0}, new byte[] {22, 3, 1, 0, 0, 22, 3, 1, 0, 0})) {
                try (RawClient client = server.connect()) {
                    client.socket().getOutputStream().write(bytes);
                    client.socket().getInputStream().readAllBytes();
                }
            }
            Eventually.until(
                    "both have failed",
                    () -> failures(server).values().stream().mapToLong(n -> n).sum() == 2);
        }
    }

    @Test
    void aProbeThatSaysNothingIsNoFailedHandshake() {
        try (LoopbackServer server = server()) {
            server.connect().close();
            Eventually.until("it came", () -> server.connectionGate.outcomes().size() == 1);
            assertThat(failures(server)).isEmpty();
        }
    }

    @Test
    void aClientThatGoesAwayInTheMiddleIsCounted() throws Exception {
        try (LoopbackServer server = server()) {
            try (RawClient client = server.connect()) {
                client.socket().getOutputStream().write(inRecords(Hellos.withName("a.example"), 1 << 14));
                assertThat(client.socket().getInputStream().read()).isNotNegative();
            }
            untilFailed(server, HandshakeFailure.CLOSED);
        }
    }

    @Test
    void failuresAreToldApart() throws Exception {
        SslContext modern = serverContext().protocols("TLSv1.3").build();
        try (LoopbackServer server = server(https(modern))) {
            fails(server, socket -> socket.setEnabledProtocols(new String[] {"TLSv1.2"}));
            untilFailed(server, HandshakeFailure.PROTOCOL_VERSION);
        }
        SslContext narrow = serverContext()
                .protocols("TLSv1.2")
                .ciphers(List.of("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"))
                .build();
        try (LoopbackServer server = server(https(narrow))) {
            fails(server, socket -> {
                socket.setEnabledProtocols(new String[] {"TLSv1.2"});
                socket.setEnabledCipherSuites(
                        new String[] {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"
                        });
            });
            untilFailed(server, HandshakeFailure.NO_SHARED_CIPHER);
        }
        SslContext mutual = serverContext()
                .clientAuth(ClientAuth.REQUIRE)
                .trustManager(trusted())
                .build();
        try (LoopbackServer server = server(https(mutual))) {
            fails(server, socket -> {});
            untilFailed(server, HandshakeFailure.BAD_CLIENT_CERTIFICATE);
        }
        try (LoopbackServer server = server()) {
            SSLContext distrustful = SSLContext.getDefault();
            try (Socket socket =
                    distrustful.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), server.port())) {
                ((SSLSocket) socket).startHandshake();
            } catch (IOException expected) {
                assertThat(expected).hasMessageContaining("PKIX");
            }
            untilFailed(server, HandshakeFailure.CERTIFICATE_REJECTED);
        }
    }

    private interface Setup {
        void of(SSLSocket socket);
    }

    private static void fails(LoopbackServer server, Setup setup) throws Exception {
        try (SSLSocket socket = connect(server, null)) {
            setup.of(socket);
            socket.startHandshake();
            socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            // With TLS 1.3 the client has done its part before the server objects.
            assertThat(socket.getInputStream().read()).isNegative();
        } catch (IOException expected) {
            assertThat(expected).isNotNull();
        }
    }

    @Test
    void whatOpensslAndCurlDoIsToldApart() throws Exception {
        Tool openssl = Tool.of("openssl");
        Tool curl = Tool.of("curl");
        try (LoopbackServer server = server("connections.server-names", "no.example.com=deny")) {
            String target = "127.0.0.1:" + server.port();
            assertThat(openssl.run("", "s_client", "-connect", target, "-servername", "yes.example.com"))
                    .contains("CONNECTED")
                    .contains("Verify return code: 18");
            assertThat(openssl.run("", "s_client", "-connect", target, "-servername", "no.example.com"))
                    .contains("alert number 112");
            untilFailed(server, HandshakeFailure.SERVER_NAME);
            assertThat(curl.run("", "-sSk", "--connect-to", "::" + target, "https://yes.example.com/hello"))
                    .isEqualTo("hello");
            assertThat(curl.run("", "-sS", "http://" + target + "/hello")).contains("This port speaks HTTPS");
        }
        try (LoopbackServer server = server()) {
            assertThat(curl.run("", "-sS", "https://127.0.0.1:" + server.port() + "/hello"))
                    .contains("curl: (60)");
            untilFailed(server, HandshakeFailure.CERTIFICATE_REJECTED);
        }
        try (LoopbackServer server = server()) {
            openssl.run(
                    "", "s_client", "-connect", "127.0.0.1:" + server.port(), "-tls1_1", "-cipher", "ALL:@SECLEVEL=0");
            untilFailed(server, HandshakeFailure.PROTOCOL_VERSION);
        }
    }
}
