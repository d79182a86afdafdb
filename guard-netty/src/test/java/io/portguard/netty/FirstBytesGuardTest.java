package io.portguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpServerCodec;
import io.portguard.Attempt;
import io.portguard.DecisionCounts;
import io.portguard.Reason;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Wrong protocols on real sockets. */
class FirstBytesGuardTest {

    /** A server that sends back what it gets, whatever it is. */
    private static final Protocol ECHO = (pipeline, app) -> pipeline.addLast(new ChannelInboundHandlerAdapter() {
        @Override
        @SuppressWarnings("FutureReturnValueIgnored")
        public void channelRead(ChannelHandlerContext context, Object message) {
            context.writeAndFlush(message);
        }
    });

    private static final Map<String, String> STRANGE = new HashMap<>(Map.of(
            "tls", "\u0016\u0003\u0001\u0000\u00c8\u0001",
            "ssh", "SSH-2.0-OpenSSH_9.2p1\r\n",
            "rdp", "\u0003\u0000\u0000\u0013\u000e\u00e0\u0000\u0000",
            "smb", "\u0000\u0000\u0000\u0085\u00ffSMBr",
            "telnet", "\u00ff\u00fd\u0018",
            "binary", "\u0005\u0001\u0000",
            "text", "{\"id\":1}\n"));

    private static RawClient send(LoopbackServer server, String bytes) throws Exception {
        RawClient client = server.connect();
        client.socket().setTcpNoDelay(true);
        client.socket().getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        return client;
    }

    @ParameterizedTest
    @ValueSource(strings = {"tls", "ssh", "rdp", "smb", "telnet", "binary", "text"})
    void anotherProtocolOnAPortOfHttpIsRefusedAndCounted(String protocol) throws Exception {
        for (Protocol http : new Protocol[] {Protocol.HTTP_1, Protocol.HTTP_2, Protocol.HTTP_1_OR_2_IN_THE_CLEAR}) {
            try (LoopbackServer server = new LoopbackServer(Map.of(), http)) {
                try (RawClient client = send(server, STRANGE.get(protocol))) {
                    // What HTTP/2 says of itself comes before anything is read.
                    client.socket().getInputStream().readAllBytes();
                } catch (java.net.SocketException reset) {
                    // The other way to see that it is closed.
                }
                assertThat(server.guard.checks().wrongProtocols().counts()).isEqualTo(Map.of(protocol, 1L));
                assertThat(server.guard.guard().counts(Attempt.Kind.CONNECTION).rejected(Reason.DENIED))
                        .isOne();
            }
        }
    }

    @Test
    void ordinaryRequestsAreServed() throws Exception {
        try (LoopbackServer server = new LoopbackServer(Map.of())) {
            for (String request : new String[] {
                "GET /hello HTTP/1.1\r\n\r\n",
                "\r\nGET /hello HTTP/1.1\r\n\r\n",
                "SEARCH /hello HTTP/1.1\r\n\r\n",
                "PROPFIND /hello HTTP/1.1\r\n\r\n",
                "own-method /hello HTTP/1.1\r\n\r\n",
            }) {
                try (RawClient client = send(server, request)) {
                    assertThat(client.response()).endsWith("hello");
                }
                try (RawClient slow = send(server, request.substring(0, 1))) {
                    slow.send(request.substring(1, 2)).send(request.substring(2));
                    assertThat(slow.response()).endsWith("hello");
                }
            }
            assertThat(server.guard.checks().wrongProtocols().counts()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"mode, shadow", "connections.wrong-protocol, shadow"})
    void inShadowItIsCountedAndLeftToTheServer(String setting, String value) throws Exception {
        try (LoopbackServer server = new LoopbackServer(Map.of(setting, value))) {
            DecisionCounts counts = server.guard.guard().counts(Attempt.Kind.CONNECTION);
            try (RawClient client = send(server, STRANGE.get("ssh"))) {
                client.send("and more\r\n");
                Eventually.until("it is seen", () -> counts.wouldReject(Reason.DENIED) == 1);
                assertThat(server.activeConnections()).isOne();
            }
            assertThat(server.guard.checks().wrongProtocols().counts()).isEqualTo(Map.of("ssh", 1L));
            assertThat(counts.rejected()).isZero();
        }
    }

    @Test
    void whoKeepsDoingItIsBannedWherePenaltiesAreSet() throws Exception {
        try (LoopbackServer server = new LoopbackServer(Map.of("penalties.ban-at", "20"))) {
            Eventually.until("it is banned", () -> {
                try (RawClient client = send(server, STRANGE.get("ssh"))) {
                    return client.isClosedWithoutAWord() && !server.guard.bans().isEmpty();
                } catch (Exception closed) {
                    return !server.guard.bans().isEmpty();
                }
            });
            assertThat(server.guard.bans()).containsOnlyKeys("127.0.0.1");
        }
    }

    @Test
    void offItIsNotEvenLookedFor() throws Exception {
        try (LoopbackServer server = new LoopbackServer(Map.of("connections.wrong-protocol", "off"));
                RawClient client = send(server, "SSH-2.0 \r\n\r\n")) {
            assertThat(client.response()).startsWith("HTTP/1.1 200");
            assertThat(server.guard.checks().wrongProtocols().counts()).isEmpty();
        }
    }

    @Test
    void whereWhoKnowsWhatIsSpokenNothingIsWrong() throws Exception {
        try (LoopbackServer server = new LoopbackServer(Map.of(), ECHO)) {
            for (String bytes : STRANGE.values()) {
                try (RawClient client = send(server, bytes)) {
                    assertThat(client.socket().getInputStream().readNBytes(bytes.length()))
                            .isEqualTo(bytes.getBytes(StandardCharsets.ISO_8859_1));
                }
            }
        }
    }

    @Test
    void whereAHandlerBeforeTheCodecTakesBytesNothingIsKnown() throws Exception {
        Protocol behindAnother = (pipeline, app) -> pipeline.addLast(
                new io.netty.handler.codec.haproxy.HAProxyMessageDecoder(), new HttpServerCodec(), app.get());
        try (LoopbackServer server = new LoopbackServer(Map.of(), behindAnother);
                RawClient client = send(server, Preambles.v1("203.0.113.9"))) {
            client.send("GET /hello HTTP/1.1\r\n\r\n");
            assertThat(client.response()).endsWith("hello");
        }
    }

    @Test
    void aConfiguredSignatureIsForEveryPortAndDelaysNobody() throws Exception {
        Map<String, String> settings = Map.of(
                "connections.signatures", "stats: text \"stats \\r\\n\", old: bytes \"9? 00 01\" at 1 -> shadow");
        try (LoopbackServer server = new LoopbackServer(settings, ECHO)) {
            try (RawClient client = send(server, "stats")) {
                // What may still become the signature is passed on at once.
                assertThat(client.socket().getInputStream().readNBytes(5))
                        .asString()
                        .isEqualTo("stats");
                client.send(" \r\n");
                assertThat(client.isClosedWithoutAWord()).isTrue();
            }
            try (RawClient client = send(server, "a\u0091\u0000\u0001b")) {
                assertThat(client.socket().getInputStream().readNBytes(5)).hasSize(5);
            }
            assertThat(server.guard.checks().signatures().counts()).isEqualTo(Map.of("stats", 1L, "old", 1L));
            assertThat(server.guard.guard().counts(Attempt.Kind.CONNECTION).wouldReject(Reason.DENIED))
                    .isOne();
            server.guard.settings().tune("connections.signatures", "none", 0);
            try (RawClient client = send(server, "stats \r\n")) {
                assertThat(client.socket().getInputStream().readNBytes(8)).hasSize(8);
            }
        }
    }

    @Test
    void whatNetcatSendsIsSeen() throws Exception {
        Tool netcat = Tool.of("nc");
        try (LoopbackServer server = new LoopbackServer(Map.of())) {
            String answer = netcat.run("SSH-2.0-OpenSSH_9.2p1\r\n", "-w", "5", "127.0.0.1", "" + server.port());
            assertThat(answer).isEmpty();
            assertThat(server.guard.checks().wrongProtocols().count("ssh")).isOne();
            assertThat(netcat.run("GET /hello HTTP/1.0\r\n\r\n", "-w", "5", "-q", "5", "127.0.0.1", "" + server.port()))
                    .endsWith("hello");
        }
    }

    @Test
    void curlOfHttpsOnAPlainPortIsSeen() throws Exception {
        Tool curl = Tool.of("curl");
        try (LoopbackServer server = new LoopbackServer(Map.of())) {
            assertThat(curl.run("", "-sSk", "https://127.0.0.1:" + server.port() + "/hello"))
                    .contains("curl: (35)");
            assertThat(server.guard.checks().wrongProtocols().count("tls")).isOne();
        }
    }
}
