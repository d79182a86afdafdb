package io.portguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OptionalSslHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.portguard.Attempt;
import io.portguard.ClientKey;
import io.portguard.Outcome;
import io.portguard.Reason;
import io.portguard.SocketEnds;
import io.portguard.wire.HandshakeFailure;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.BooleanSupplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS on real sockets: limits of handshakes, their time, and what else is said on such a port. */
class TlsTest extends TlsServerTest {

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
            Eventually.until("longer than the timeout", new BooleanSupplier() {
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
    void theOwnersHandlerIsStillThere() throws Exception {
        try (LoopbackServer server = server((pipeline, app) -> {
            https(context).addTo(pipeline, app);
            pipeline.addLast(new ChannelInboundHandlerAdapter() {
                @Override
                public void userEventTriggered(ChannelHandlerContext in, Object event) {
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

    @Test
    void clientsAreToldByTheirCertificate() throws Exception {
        SslContext mutual = serverContext()
                .clientAuth(ClientAuth.OPTIONAL)
                .trustManager(trusted())
                .build();
        try (LoopbackServer server = server(https(mutual), "clients.identify-by", "certificate")) {
            assertThat(get(server, null)).contains("200");
            assertThat(requesters.lastAttempt().client().key()).hasToString("127.0.0.1");
            SSLContext proving = SSLContext.getInstance("TLS");
            proving.init(proof(), InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
            try (Socket socket =
                            proving.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), server.port());
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

    @Test
    void clientsOfHttp2AreToldByTheirCertificateOnEveryStream() throws Exception {
        SslContext mutual = serverContext()
                .clientAuth(ClientAuth.OPTIONAL)
                .trustManager(trusted())
                .build();
        Protocol http2 = (pipeline, app) -> {
            pipeline.addLast(mutual.newHandler(pipeline.channel().alloc()));
            Protocol.HTTP_2.addTo(pipeline, app);
        };
        try (LoopbackServer server = server(http2, "clients.identify-by", "certificate")) {
            assertThat(clientOfHttp2(server, null)).hasToString("127.0.0.1");
            assertThat(clientOfHttp2(server, proof())).hasToString("CN=localhost");
        }
    }

    /** Whose the second request of a connection is. */
    private ClientKey clientOfHttp2(LoopbackServer server, KeyManager[] proof) throws Exception {
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(proof, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
        try (Socket socket = tls.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), server.port());
                Http2Client client = new Http2Client(socket)) {
            client.begin(new byte[0]);
            for (int i = 0; i < 2; i++) {
                assertThat(client.answer(client.get("/hello")).status()).isEqualTo(200);
            }
            return requesters.lastAttempt().client().key();
        }
    }
}
