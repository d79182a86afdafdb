package io.portguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SniHandler;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.portguard.Attempt;
import io.portguard.Priority;
import io.portguard.Reason;
import io.portguard.wire.HandshakeFailure;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules about the server name that a client hello asks for. */
class ServerNameTest extends TlsServerTest {

    @Test
    void aServerNameThatIsDeniedGetsAnAlert() throws Exception {
        try (LoopbackServer server =
                server("connections.server-names", "api.example.com=critical, *.example.com=deny")) {
            assertThat(get(server, "API.example.com")).endsWith("hello");
            assertThat(requesters.lastAttempt().priority()).isEqualTo(Priority.CRITICAL);
            assertThat(get(server, null)).endsWith("hello");
            assertThat(requesters.lastAttempt().priority()).isEqualTo(Priority.NORMAL);
            assertThat(get(server, "admin.example.com")).contains("unrecognized_name");
            assertThat(get(server, "admin.example.com")).contains("unrecognized_name");
            assertThat(server.guard.checks().serverNameRefusals().counts()).isEqualTo(Map.of("*.example.com", 2L));
            assertThat(server.guard.guard().counts(Attempt.Kind.CONNECTION).rejected(Reason.DENIED))
                    .isEqualTo(2);
            assertThat(failures(server)).isEqualTo(Map.of("server-name", 2L));
            assertThat(server.guard.guard().counts(Attempt.Kind.HANDSHAKE).admitted())
                    .isEqualTo(2);
            Eventually.until("no handshake is in progress", () -> handshakes(server) == 0);
        }
    }

    @Test
    void inShadowItIsCountedAndServed() throws Exception {
        try (LoopbackServer server = server("connections.server-names", "*.com=shadow")) {
            assertThat(get(server, "admin.example.com")).endsWith("hello");
            assertThat(server.guard.checks().serverNameRefusals().count("*.com"))
                    .isOne();
            assertThat(server.guard.guard().counts(Attempt.Kind.CONNECTION).wouldReject(Reason.DENIED))
                    .isOne();
            assertThat(failures(server)).isEmpty();
        }
        try (LoopbackServer server = server("mode", "shadow", "connections.server-names", "*.example.com=deny")) {
            assertThat(get(server, "admin.example.com")).endsWith("hello");
            assertThat(server.guard.guard().counts(Attempt.Kind.CONNECTION).wouldReject(Reason.DENIED))
                    .isOne();
        }
    }

    @Test
    void aRuleThatIsTunedHoldsForTheNextConnection() throws Exception {
        try (LoopbackServer server = server()) {
            assertThat(get(server, "old.example.com")).endsWith("hello");
            server.guard.settings().tune("connections.server-names", "old.example.com=deny", 0);
            assertThat(get(server, "old.example.com")).contains("unrecognized_name");
        }
    }

    @Test
    void rulesComeBeforeAHandlerThatChoosesTheCertificateByName() throws Exception {
        Protocol byName =
                (pipeline, app) -> pipeline.addLast(new SniHandler(name -> context), new HttpServerCodec(), app.get());
        try (LoopbackServer server = server(byName, "connections.server-names", "no.example.com=deny")) {
            assertThat(get(server, "yes.example.com")).endsWith("hello");
            assertThat(get(server, "no.example.com")).contains("unrecognized_name");
            Eventually.until("no handshake is in progress", () -> handshakes(server) == 0);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 100})
    void aHelloInManyRecordsAndFragmentsIsJudgedTheSame(int recordLength) throws Exception {
        try (LoopbackServer server = server("connections.server-names", "no.example.com=deny")) {
            try (RawClient client = server.connect()) {
                client.socket().setTcpNoDelay(true);
                for (byte b : inRecords(Hellos.withName("no.example.com"), recordLength)) {
                    client.socket().getOutputStream().write(b);
                }
                assertThat(client.socket().getInputStream().readAllBytes())
                        .isEqualTo(new byte[] {21, 3, 3, 0, 2, 2, 112});
            }
            untilFailed(server, HandshakeFailure.SERVER_NAME);
        }
    }

    @Test
    void aHelloWithTwoNamesIsRefusedWhereNamesMatter() throws Exception {
        try (LoopbackServer server = server("connections.server-names", "no.example.com=deny");
                RawClient client = server.connect()) {
            client.socket()
                    .getOutputStream()
                    .write(inRecords(Hellos.withNames("yes.example.com", "no.example.com"), 1 << 14));
            assertThat(client.socket().getInputStream().readAllBytes()).isEqualTo(new byte[] {21, 3, 3, 0, 2, 2, 50});
            untilFailed(server, HandshakeFailure.MALFORMED_HELLO);
        }
    }

    @Test
    void thePreambleOfAProxyComesBeforeTheHandshake() throws Exception {
        try (LoopbackServer server =
                server("clients.trusted-proxies", "127.0.0.1", "connections.server-names", "no.example.com=deny")) {
            for (String name : List.of("yes.example.com", "no.example.com")) {
                Socket plain = new Socket(InetAddress.getLoopbackAddress(), server.port());
                plain.getOutputStream().write(Preambles.v1("203.0.113.9").getBytes(StandardCharsets.US_ASCII));
                SSLContext client = SSLContext.getInstance("TLS");
                client.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
                try (SSLSocket socket = (SSLSocket) client.getSocketFactory().createSocket(plain, name, 1, true);
                        RawClient over = new RawClient(socket)) {
                    if (name.startsWith("yes")) {
                        assertThat(over.get("/hello")).endsWith("hello");
                        assertThat(requesters.last()).isEqualTo("203.0.113.9");
                    } else {
                        assertThat(over.isClosedWithoutAWord()).isTrue();
                    }
                }
            }
        }
    }
}
