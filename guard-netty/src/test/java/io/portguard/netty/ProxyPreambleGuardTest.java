package io.portguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.string.StringDecoder;
import io.netty.handler.codec.string.StringEncoder;
import io.netty.util.ReferenceCountUtil;
import io.portguard.Attempt;
import io.portguard.Outcome;
import io.portguard.Reason;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Preambles on real sockets; the proxy is this machine itself. */
class ProxyPreambleGuardTest {

    private static final String TRUSTED = "127.0.0.1, ::1";

    private final Requesters requesters = new Requesters();
    private final BlockingQueue<InetSocketAddress> told = new LinkedBlockingQueue<>();

    /** A server whose lines are echoed. */
    private static final Protocol LINES = (pipeline, app) -> pipeline.addLast(
            new LineBasedFrameDecoder(1_000),
            new StringDecoder(),
            new StringEncoder(),
            new SimpleChannelInboundHandler<String>() {
                @Override
                @SuppressWarnings("FutureReturnValueIgnored")
                protected void channelRead0(ChannelHandlerContext context, String line) {
                    context.writeAndFlush("you said " + line + "\r\n\r\n");
                }
            });

    private LoopbackServer server(Protocol protocol, String... settings) {
        Map<String, String> all = new java.util.HashMap<>(Map.of("clients.trusted-proxies", TRUSTED));
        for (int i = 0; i < settings.length; i += 2) {
            all.put(settings[i], settings[i + 1]);
        }
        Protocol toldOf = (pipeline, app) -> {
            protocol.addTo(pipeline, app);
            pipeline.addLast(new ChannelInboundHandlerAdapter() {
                @Override
                public void channelInactive(ChannelHandlerContext context) {
                    if (GuardedPort.remoteAddress(context.channel()) instanceof InetSocketAddress address) {
                        told.add(address);
                    }
                    context.fireChannelInactive();
                }
            });
        };
        return new LoopbackServer(all, builder -> builder.listener(requesters), toldOf, Transport.NIO);
    }

    private LoopbackServer server(String... settings) {
        return server(Protocol.HTTP_1, settings);
    }

    private static long rejected(LoopbackServer server, Reason reason) {
        return server.guard.guard().counts(Attempt.Kind.CONNECTION).rejected(reason);
    }

    private static boolean isClosed(LoopbackServer server, String sent) throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            sendBytes(client, sent);
            return client.isClosedWithoutAWord();
        }
    }

    private static RawClient sendBytes(RawClient client, String bytes) throws Exception {
        client.socket().getOutputStream().write(bytes.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
        return client;
    }

    @Test
    void theClientIsTheOneThatThePreambleNames() throws Exception {
        try (LoopbackServer server = server()) {
            for (String preamble : new String[] {Preambles.v1("203.0.113.9"), Preambles.v2(203, 0, 113, 9)}) {
                try (RawClient client = server.connect()) {
                    sendBytes(client, preamble);
                    for (int i = 0; i < 3; i++) {
                        assertThat(client.get("/hello")).endsWith("hello");
                        assertThat(requesters.last()).isEqualTo("203.0.113.9");
                    }
                    assertThat(server.activeConnections()).isOne();
                    assertThat(server.guard.topClients(1).get(0).client()).hasToString("203.0.113.9");
                    assertThat(server.guard.topClients(1).get(0).connections()).isOne();
                }
                assertThat(told.poll(20, TimeUnit.SECONDS).getAddress().getHostAddress())
                        .isEqualTo("203.0.113.9");
            }
            Eventually.until("both are gone", () -> server.activeConnections() == 0);
            assertThat(server.guard.topClients(1).get(0).connections()).isZero();
        }
    }

    @Test
    void withoutAPreambleAForwardedHeaderIsBelievedAsEver() throws Exception {
        try (LoopbackServer server = server();
                RawClient client = server.connect()) {
            client.send("GET /hello HTTP/1.1\r\nX-Forwarded-For: 203.0.113.7\r\n\r\n")
                    .response();
            assertThat(requesters.last()).isEqualTo("203.0.113.7");
        }
    }

    @Test
    void aClientThatThePreambleNamesIsNotBelievedItself() throws Exception {
        try (LoopbackServer server = server();
                RawClient client = server.connect()) {
            sendBytes(client, Preambles.v1("203.0.113.9"));
            client.send("GET /hello HTTP/1.1\r\nX-Forwarded-For: 10.9.9.9\r\n\r\n")
                    .response();
            assertThat(requesters.last()).isEqualTo("203.0.113.9");
        }
    }

    @Test
    void theLimitOfAClientsConnectionsCountsClientsAndNotTheProxy() throws Exception {
        try (LoopbackServer server = server("connections.max-per-client", "1")) {
            try (RawClient one = server.connect();
                    RawClient other = server.connect();
                    RawClient unnamed = server.connect()) {
                sendBytes(one, Preambles.v1("203.0.113.1"));
                sendBytes(other, Preambles.v1("203.0.113.2"));
                assertThat(one.get("/hello")).endsWith("hello");
                assertThat(other.get("/hello")).endsWith("hello");
                assertThat(unnamed.get("/hello")).endsWith("hello");
                assertThat(isClosed(server, Preambles.v1("203.0.113.1"))).isTrue();
                assertThat(rejected(server, Reason.CLIENT_CONNECTIONS)).isOne();
            }
            Eventually.until("they are gone", () -> server.activeConnections() == 0);
            try (RawClient again = server.connect()) {
                sendBytes(again, Preambles.v2(203, 0, 113, 1));
                assertThat(again.get("/hello")).endsWith("hello");
            }
        }
    }

    @Test
    void accessIsByTheClientsAddress() throws Exception {
        try (LoopbackServer server = server("access.allow", "203.0.113.0/24", "access.deny", "203.0.113.66")) {
            try (RawClient client = server.connect()) {
                sendBytes(client, Preambles.v1("203.0.113.1"));
                assertThat(client.get("/hello")).endsWith("hello");
            }
            assertThat(isClosed(server, Preambles.v1("203.0.113.66"))).isTrue();
            assertThat(isClosed(server, Preambles.v2(198, 51, 100, 1))).isTrue();
            assertThat(rejected(server, Reason.DENIED)).isEqualTo(2);
            server.guard.settings().tune("mode", "shadow", 0);
            try (RawClient client = server.connect()) {
                sendBytes(client, Preambles.v1("203.0.113.66"));
                assertThat(client.get("/hello")).endsWith("hello");
                assertThat(server.activeConnections()).isOne();
            }
            assertThat(server.guard.guard().counts(Attempt.Kind.CONNECTION).wouldReject(Reason.DENIED))
                    .isOne();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PROXY TCP4 203.0.113.9 127.0.0.1 1 2\r\nGET / HTTP/1.1\r\n\r\n", "\r\n\r\n\0\r\nQUIT\n"})
    void aStrangersPreambleEndsTheConnection(String preamble) throws Exception {
        for (Protocol protocol : new Protocol[] {Protocol.HTTP_1, LINES}) {
            try (LoopbackServer server = server(protocol, "clients.trusted-proxies", "10.0.0.0/8")) {
                assertThat(isClosed(server, preamble)).isTrue();
                assertThat(rejected(server, Reason.DENIED)).isOne();
                assertThat(server.guard.checks().wrongProtocols().count("proxy"))
                        .isOne();
            }
        }
    }

    @Test
    void aSecondPreambleEndsTheConnection() throws Exception {
        try (LoopbackServer server = server()) {
            assertThat(isClosed(server, Preambles.v1("203.0.113.9") + Preambles.v1("10.0.0.1")))
                    .isTrue();
            assertThat(rejected(server, Reason.DENIED)).isOne();
        }
    }

    @Test
    void aMalformedPreambleEndsTheConnection() throws Exception {
        try (LoopbackServer server = server()) {
            assertThat(isClosed(server, "PROXY TCP4 203.0.113.9\r\nGET / HTTP/1.1\r\n\r\n"))
                    .isTrue();
            assertThat(isClosed(server, Preambles.v2(1, 2, 3, 4).substring(0, 12) + "\u0011"))
                    .isTrue();
            assertThat(rejected(server, Reason.DENIED)).isEqualTo(2);
        }
    }

    @Test
    void whereAPreambleIsRequiredNothingElseIsServed() throws Exception {
        try (LoopbackServer server = server("connections.proxy-protocol", "required")) {
            assertThat(isClosed(server, "GET /hello HTTP/1.1\r\n\r\n")).isTrue();
            try (RawClient health = server.connect()) {
                sendBytes(health, Preambles.LOCAL);
                assertThat(health.get("/hello")).endsWith("hello");
                assertThat(requesters.last()).isEqualTo("127.0.0.1");
            }
        }
    }

    @Test
    void whereNoneIsExpectedNoneIsBelieved() throws Exception {
        try (LoopbackServer server = server("connections.proxy-protocol", "never")) {
            assertThat(isClosed(server, Preambles.v1("203.0.113.9"))).isTrue();
        }
    }

    @Test
    void aDecoderOfTheOwnersIsLeftItsPreamble() throws Exception {
        Protocol owners = (pipeline, app) -> pipeline.addLast(
                new HAProxyMessageDecoder(),
                new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext context, Object message) {
                        if (message instanceof io.netty.handler.codec.haproxy.HAProxyMessage) {
                            ReferenceCountUtil.release(message);
                        } else {
                            context.fireChannelRead(message);
                        }
                    }
                },
                new HttpServerCodec(),
                app.get());
        try (LoopbackServer server = server(owners);
                RawClient client = server.connect()) {
            sendBytes(client, Preambles.v1("203.0.113.9"));
            assertThat(client.get("/hello")).endsWith("hello");
        }
    }

    @Test
    void aServerOfLinesHasItsClientsToo() throws Exception {
        try (LoopbackServer server = server(LINES)) {
            try (RawClient client = server.connect()) {
                sendBytes(client, Preambles.v2(203, 0, 113, 9) + "hi\n");
                assertThat(client.response()).startsWith("you said hi");
                client.send("there\n");
                assertThat(client.response()).startsWith("you said there");
                assertThat(server.guard.topClients(1).get(0).client()).hasToString("203.0.113.9");
            }
            assertThat(told.poll(20, TimeUnit.SECONDS).getPort()).isEqualTo(0x1267);
        }
    }

    @Test
    void halfAPreambleIsNotWaitedForForEver() throws Exception {
        for (Protocol protocol : new Protocol[] {Protocol.HTTP_1, LINES}) {
            try (LoopbackServer server = server(protocol, "connections.request-timeout", "50ms")) {
                assertThat(isClosed(server, "PROXY TCP4")).isTrue();
                Eventually.until(
                        "it is over", () -> server.connectionGate.outcomes().contains(Outcome.DROPPED));
            }
        }
    }
}
