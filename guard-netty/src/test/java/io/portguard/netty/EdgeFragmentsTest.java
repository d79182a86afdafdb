package io.portguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.ReferenceCountUtil;
import io.portguard.Attempt;
import io.portguard.Permit;
import io.portguard.standard.StandardGuard;
import io.portguard.wire.Spoken;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whether bytes come one by one or all at once, everything in front of the owner's handlers gives the same answer. */
class EdgeFragmentsTest {

    private static final Map<String, String> SETTINGS = Map.of(
            "clients.trusted-proxies", "127.0.0.1",
            "access.deny", "203.0.113.66",
            "connections.signatures", "go: text \"SSH-2.0-Go\", old: bytes \"9? 00 01\" at 1 -> shadow",
            "connections.server-names", "no.example.com=deny");

    /** What came of the bytes: what the owner's handlers were given, what was answered, and what was counted. */
    private record Result(String passedOn, String answered, boolean open, Map<String, Long> wrong, long rejected) {}

    private static final class FromLoopback extends EmbeddedChannel {
        @Override
        protected SocketAddress remoteAddress0() {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), 12_345);
        }
    }

    /** Notes what it is given; in place of a codec or a TLS handler, behind what guards them. */
    private static final class Noting extends ChannelInboundHandlerAdapter {

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf in = (ByteBuf) message;
            while (in.isReadable()) {
                bytes.write(in.readByte());
            }
            ReferenceCountUtil.release(message);
        }
    }

    private static Result result(Spoken spoken, byte[] bytes, Random fragments) {
        try (StandardGuard guard = StandardGuard.builder("server")
                .configure(SETTINGS)
                .tickInterval(Duration.ZERO)
                .build()) {
            GuardedPort port = GuardedPort.of(guard);
            EmbeddedChannel channel = new FromLoopback();
            GuardedConnection connection = GuardedConnection.of(channel, port);
            connection.keep(
                    (Permit) guard.guard().tryAdmit(connection.attempts().connection()));
            Noting noting = new Noting();
            channel.pipeline()
                    .addLast(new ProxyPreambleGuard(port, connection, spoken))
                    .addLast(
                            new FirstBytesGuard(port, connection, guard.checks().firstBytes(spoken), spoken));
            if (spoken == Spoken.TLS) {
                TlsHandshake handshake = new TlsHandshake(port, connection);
                channel.pipeline()
                        .addLast(
                                new ClientHelloGuard(port, connection, handshake, false),
                                new HandshakeWatch(handshake));
            }
            channel.pipeline().addLast(noting);
            for (int at = 0; at < bytes.length && channel.isOpen(); ) {
                int length = fragments == null ? bytes.length : 1 + fragments.nextInt(fragments.nextInt(20) + 1);
                length = Math.min(length, bytes.length - at);
                channel.writeInbound(Unpooled.copiedBuffer(bytes, at, length));
                at += length;
            }
            StringBuilder answered = new StringBuilder();
            for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
                answered.append(out.toString(StandardCharsets.ISO_8859_1));
                out.release();
            }
            boolean open = channel.isOpen();
            channel.finishAndReleaseAll();
            for (Attempt.Kind kind : Attempt.Kind.values()) {
                assertThat(guard.guard().counts(kind).active())
                        .as("%s in progress", kind)
                        .isZero();
            }
            assertThat(guard.guard().faults()).isZero();
            return new Result(
                    open ? noting.bytes.toString(StandardCharsets.ISO_8859_1) : "",
                    answered.toString(),
                    open,
                    guard.checks().wrongProtocols().counts(),
                    guard.guard().counts(Attempt.Kind.CONNECTION).rejected());
        }
    }

    @Test
    void fragmentsChangeNothing() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        List<String> preambles = List.of(
                "",
                "",
                Preambles.v1("203.0.113.9"),
                Preambles.v1("203.0.113.66"),
                Preambles.v2(203, 0, 113, 9),
                Preambles.v2(203, 0, 113, 66),
                Preambles.LOCAL,
                "PROXY UNKNOWN\r\n");
        List<String> contents = List.of(
                "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n",
                "SSH-2.0-Go\r\n",
                "SSH-2.0-OpenSSH\r\n",
                "a\u0091\u0000\u0001b",
                "\u0003\u0000\u0000\u0013\u000e\u00e0\u0000\u0000",
                "\u00ff\u00fd\u0018",
                record(Hellos.withName("no.example.com")),
                record(Hellos.withName("yes.example.com")),
                record(Hellos.withNames("yes.example.com", "no.example.com")));
        List<Spoken> spoken = List.of(Spoken.HTTP, Spoken.TLS, Spoken.UNKNOWN);
        for (int i = 0; i < 1_500; i++) {
            byte[] bytes = (preambles.get(random.nextInt(preambles.size()))
                            + contents.get(random.nextInt(contents.size())))
                    .getBytes(StandardCharsets.ISO_8859_1);
            for (int change = random.nextInt(3); change > 0; change--) {
                bytes[random.nextInt(Math.min(bytes.length, 60))] = (byte) random.nextInt(256);
            }
            Spoken here = spoken.get(random.nextInt(spoken.size()));
            try {
                Result whole = result(here, bytes, null);
                assertThat(result(here, bytes, new Random(i))).isEqualTo(whole);
                assertThat(result(here, bytes, new OneByOne())).isEqualTo(whole);
            } catch (RuntimeException | AssertionError fault) {
                throw new AssertionError("seed " + seed + ", round " + i + ", " + here, fault);
            }
        }
    }

    private static String record(byte[] handshake) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {22, 3, 1, (byte) (handshake.length >> 8), (byte) handshake.length});
        out.writeBytes(handshake);
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    private static final class OneByOne extends Random {
        private static final long serialVersionUID = 1;

        @Override
        public int nextInt(int bound) {
            return 0;
        }
    }

    @Test
    void theEdgeIsInFrontOfTheOwnersHandlersAndGoneAfterTheFirstBytes() {
        try (StandardGuard guard = StandardGuard.builder("server")
                .configure(SETTINGS)
                .tickInterval(Duration.ZERO)
                .build()) {
            GuardedPort port = GuardedPort.of(guard);
            EmbeddedChannel channel = new FromLoopback();
            channel.pipeline().addLast(new ChannelInitializer<Channel>() {
                @Override
                protected void initChannel(Channel initialized) {
                    initialized.pipeline().addLast(new HttpServerCodec());
                }
            });
            Edge.place(channel, port);
            assertThat(channel.pipeline().names().subList(0, 3))
                    .containsExactly("ProxyPreambleGuard#0", "FirstBytesGuard#0", "HttpServerCodec#0");
            channel.writeInbound(Unpooled.copiedBuffer("GET / HTTP/1.1\r\n\r\n", StandardCharsets.US_ASCII));
            assertThat(channel.pipeline().names().get(0)).isEqualTo("HttpServerCodec#0");
            channel.finishAndReleaseAll();
        }
    }
}
