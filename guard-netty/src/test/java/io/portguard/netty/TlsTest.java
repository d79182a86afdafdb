package io.portguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OptionalSslHandler;
import io.netty.handler.ssl.SniHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.portguard.Attempt;
import io.portguard.Outcome;
import io.portguard.Priority;
import io.portguard.Reason;
import io.portguard.SocketEnds;
import io.portguard.wire.HandshakeFailure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS on real sockets: server names, limits, and why handshakes fail. */
class TlsTest {

    private static SslContext context;
    private static X509Bundle certificate;

    private final Requesters requesters = new Requesters();

    @BeforeAll
    static void certificate() throws Exception {
        certificate = new CertificateBuilder()
                .subject("CN=localhost")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        context = SslContextBuilder.forServer(certificate.toKeyManagerFactory()).build();
    }

    private static Protocol https(SslContext tls) {
        return (pipeline, app) ->
                pipeline.addLast(tls.newHandler(pipeline.channel().alloc()), new HttpServerCodec(), app.get());
    }

    private LoopbackServer server(Protocol protocol, String... settings) {
        Map<String, String> all = new java.util.HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            all.put(settings[i], settings[i + 1]);
        }
        return new LoopbackServer(all, builder -> builder.listener(requesters), protocol, Transport.NIO);
    }

    private LoopbackServer server(String... settings) {
        return server(https(context), settings);
    }

    /** A client that trusts whatever it is shown. */
    private static SSLSocket connect(LoopbackServer server, String serverName) throws Exception {
        SSLContext client = SSLContext.getInstance("TLS");
        client.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
        SSLSocket socket =
                (SSLSocket) client.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout((int) LoopbackServer.PATIENCE.toMillis());
        if (serverName != null) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(serverName)));
            socket.setSSLParameters(parameters);
        }
        return socket;
    }

    private static String get(LoopbackServer server, String serverName) throws Exception {
        try (SSLSocket socket = connect(server, serverName);
                RawClient client = new RawClient(socket)) {
            return client.get("/hello");
        } catch (IOException refused) {
            return String.valueOf(refused.getMessage());
        }
    }

    private static Map<String, Long> failures(LoopbackServer server) {
        return server.guard.checks().handshakeFailures().counts();
    }

    private static void untilFailed(LoopbackServer server, HandshakeFailure cause) {
        Eventually.until(
                cause + ", not " + failures(server), () -> failures(server).equals(Map.of(cause.text(), 1L)));
    }

    private static long handshakes(LoopbackServer server) {
        return server.guard.guard().counts(Attempt.Kind.HANDSHAKE).active();
    }

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

    private static byte[] inRecords(byte[] handshake, int recordLength) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int from = 0; from < handshake.length; from += recordLength) {
            int length = Math.min(recordLength, handshake.length - from);
            out.write(22);
            out.write(3);
            out.write(1);
            out.write(length >> 8);
            out.write(length);
            out.write(handshake, from, length);
        }
        return out.toByteArray();
    }

    @Test
    void moreHandshakesThanAreAllowedAreRefused() throws Exception {
        try (LoopbackServer server = server("connections.max-tls-handshakes", "1")) {
            try (RawClient stalled = server.connect()) {
                stalled.socket().getOutputStream().write(inRecords(Hellos.withName("a.example"), 1 << 14));
                Eventually.until("it is in progress", () -> handshakes(server) == 1);
                assertThat(get(server, null)).isNotEmpty().doesNotContain("hello");
                assertThat(server.guard.guard().counts(Attempt.Kind.HANDSHAKE).rejected(Reason.CONCURRENCY))
                        .isOne();
                assertThat(failures(server)).isEqualTo(Map.of("refused", 1L));
            }
            Eventually.until("none is in progress", () -> handshakes(server) == 0);
            assertThat(get(server, null)).endsWith("hello");
        }
    }

    @Test
    void aHandshakeThatTakesTooLongIsEnded() throws Exception {
        try (LoopbackServer server = server("connections.tls-handshake-timeout", "50ms");
                RawClient stalled = server.connect()) {
            stalled.socket().getOutputStream().write(22);
            assertThat(stalled.isClosedWithoutAWord()).isTrue();
            untilFailed(server, HandshakeFailure.TIMEOUT);
            Eventually.until(
                    "it is dropped", () -> server.connectionGate.outcomes().contains(Outcome.DROPPED));
        }
    }

    @Test
    void theTimeForTheRequestBeginsBehindTheHandshake() throws Exception {
        try (LoopbackServer server =
                        server("connections.request-timeout", "300ms", "connections.tls-handshake-timeout", "1m");
                SSLSocket silent = connect(server, null);
                RawClient client = new RawClient(silent)) {
            Eventually.until("longer than the timeout", new java.util.function.BooleanSupplier() {
                private final long since = System.nanoTime();

                @Override
                public boolean getAsBoolean() {
                    return System.nanoTime() - since > 600_000_000;
                }
            });
            assertThat(client.get("/hello")).endsWith("hello");
            server.guard.settings().tune("connections.idle-timeout", "50ms", 0);
            assertThat(client.isClosedWithoutAWord()).isTrue();
        }
        try (LoopbackServer server = server("connections.request-timeout", "50ms");
                SSLSocket silent = connect(server, null)) {
            silent.startHandshake();
            assertThat(silent.getInputStream().read()).isNegative();
            assertThat(failures(server)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n",
                "POST / HTTP/1.0\n\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
            })
    void plainHttpOnATlsPortIsToldSo(String request) throws Exception {
        try (LoopbackServer server = server()) {
            for (boolean byteByByte : new boolean[] {false, true}) {
                try (RawClient client = server.connect()) {
                    client.socket().setTcpNoDelay(true);
                    if (byteByByte) {
                        for (byte b : request.getBytes(StandardCharsets.US_ASCII)) {
                            client.socket().getOutputStream().write(b);
                        }
                    } else {
                        client.send(request);
                    }
                    assertThat(client.response())
                            .startsWith("HTTP/1.1 400 Bad Request\r\n")
                            .contains("connection: close\r\n")
                            .endsWith("\"detail\":\"This port speaks HTTPS and no plain HTTP.\"}");
                }
            }
            assertThat(server.guard.checks().wrongProtocols().counts()).isEqualTo(Map.of("http", 2L));
            assertThat(failures(server)).isEqualTo(Map.of("not-tls", 2L));
        }
    }

    @Test
    void whereBothAreSpokenBothAreServed() throws Exception {
        Protocol both =
                (pipeline, app) -> pipeline.addLast(new OptionalSslHandler(context), new HttpServerCodec(), app.get());
        try (LoopbackServer server = server(both, "connections.server-names", "no.example.com=deny")) {
            assertThat(get(server, "yes.example.com")).endsWith("hello");
            assertThat(get(server, "no.example.com")).contains("unrecognized_name");
            try (RawClient plain = server.connect()) {
                assertThat(plain.get("/hello")).endsWith("hello");
                assertThat(plain.get("/hello")).endsWith("hello");
            }
            try (RawClient stranger = server.connect()) {
                stranger.send("SSH-2.0-x\r\n");
                assertThat(stranger.isClosedWithoutAWord()).isTrue();
            }
            assertThat(failures(server)).isEqualTo(Map.of("server-name", 1L));
            server.guard.settings().tune("connections.request-timeout", "50ms", 0);
            try (RawClient slow = server.connect()) {
                slow.send("GET /hello HTTP/1.1\r\n");
                assertThat(slow.isClosedWithoutAWord()).isTrue();
            }
            assertThat(failures(server)).isEqualTo(Map.of("server-name", 1L));
        }
    }

    @Test
    void whatIsNeitherIsClosed() throws Exception {
        try (LoopbackServer server = server();
                RawClient client = server.connect()) {
            client.send("SSH-2.0-x\r\n");
            assertThat(client.isClosedWithoutAWord()).isTrue();
            assertThat(server.guard.checks().wrongProtocols().counts()).isEqualTo(Map.of("ssh", 1L));
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
        SslContext modern = SslContextBuilder.forServer(certificate.toKeyManagerFactory())
                .protocols("TLSv1.3")
                .build();
        try (LoopbackServer server = server(https(modern))) {
            fails(server, socket -> socket.setEnabledProtocols(new String[] {"TLSv1.2"}));
            untilFailed(server, HandshakeFailure.PROTOCOL_VERSION);
        }
        SslContext narrow = SslContextBuilder.forServer(certificate.toKeyManagerFactory())
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
        SslContext mutual = SslContextBuilder.forServer(certificate.toKeyManagerFactory())
                .clientAuth(ClientAuth.REQUIRE)
                .trustManager(certificate.getCertificate())
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

    @Test
    void clientsAreToldByTheirCertificate() throws Exception {
        SslContext mutual = SslContextBuilder.forServer(certificate.toKeyManagerFactory())
                .clientAuth(ClientAuth.OPTIONAL)
                .trustManager(certificate.getCertificate())
                .build();
        try (LoopbackServer server = server(https(mutual), "clients.identify-by", "certificate")) {
            assertThat(get(server, null)).contains("200");
            assertThat(requesters.lastAttempt().client().key()).hasToString("127.0.0.1");
            SSLContext proving = SSLContext.getInstance("TLS");
            proving.init(
                    certificate.toKeyManagerFactory().getKeyManagers(),
                    InsecureTrustManagerFactory.INSTANCE.getTrustManagers(),
                    null);
            try (Socket socket = proving.getSocketFactory()
                            .createSocket(InetAddress.getLoopbackAddress(), server.port());
                    RawClient client = new RawClient(socket)) {
                for (int i = 0; i < 2; i++) {
                    assertThat(client.get("/hello")).contains("200");
                    assertThat(requesters.lastAttempt().client().key()).hasToString("CN=localhost");
                }
                SocketEnds ends = requesters.lastAttempt().ends();
                assertThat(ends.remote().getPort()).isEqualTo(socket.getLocalPort());
                assertThat(ends.local().getPort()).isEqualTo(server.port());
            }
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

    @Test
    void theOwnersHandlerIsStillThere() throws Exception {
        try (LoopbackServer server = server((pipeline, app) -> {
            https(context).addTo(pipeline, app);
            pipeline.addLast(new io.netty.channel.ChannelInboundHandlerAdapter() {
                @Override
                public void userEventTriggered(io.netty.channel.ChannelHandlerContext in, Object event) {
                    // What guards the handshake is gone when it is over.
                    assertThat(in.pipeline().get(SslHandler.class)).isNotNull();
                    assertThat(in.pipeline().get(ClientHelloGuard.class)).isNull();
                    in.fireUserEventTriggered(event);
                }
            });
        })) {
            assertThat(get(server, null)).endsWith("hello");
        }
    }
}
