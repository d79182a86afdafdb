package io.portguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.CharsetUtil;
import io.netty.util.ReferenceCountUtil;
import io.portguard.Attempt;
import io.portguard.standard.StandardGuard;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One guarded connection without a socket, its time standing still, whose requests the test itself answers. */
@SuppressWarnings("FutureReturnValueIgnored") // what comes of a write is read from the channel
final class EmbeddedServer implements AutoCloseable {

    final FakeClock clock = new FakeClock();
    final Gate gate = new Gate();
    final StandardGuard guard;
    final EmbeddedChannel channel;

    /** The targets of the requests that got through, in their order. */
    final List<String> served = new ArrayList<>();

    /** What the bodies of these requests said. */
    final StringBuilder bodies = new StringBuilder();

    EmbeddedServer(Map<String, String> settings) {
        guard = StandardGuard.builder("server")
                .configure(settings)
                .clock(clock)
                .requestRules(gate)
                .tickInterval(Duration.ZERO)
                .build();
        GuardedPort port = GuardedPort.of(guard);
        channel = new FromLoopback(new HttpServerCodec(), port.requestHandler(), new App());
    }

    EmbeddedServer() {
        this(Map.of());
    }

    /** Sends what a client would and returns what has been answered since the last look. */
    String send(String... lines) {
        channel.writeInbound(Unpooled.copiedBuffer(String.join("\r\n", lines), CharsetUtil.US_ASCII));
        return received();
    }

    String received() {
        StringBuilder text = new StringBuilder();
        for (ByteBuf bytes = channel.readOutbound(); bytes != null; bytes = channel.readOutbound()) {
            text.append(bytes.toString(CharsetUtil.US_ASCII));
            bytes.release();
        }
        return text.toString();
    }

    /** The application writes, and the connection flushes. */
    String respond(Object... messages) {
        for (Object message : messages) {
            channel.write(message);
        }
        channel.flush();
        return received();
    }

    void pass(Duration time) {
        clock.advance(time);
        guard.guard().tick();
        channel.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
        channel.runScheduledPendingTasks();
    }

    long active() {
        return guard.guard().counts(Attempt.Kind.REQUEST).active();
    }

    /** Every test ends here: with the connection gone, nothing is left in progress. */
    @Override
    public void close() {
        channel.finishAndReleaseAll();
        assertThat(active()).isZero();
        assertThat(channel.runScheduledPendingTasks())
                .as("the heartbeat has stopped")
                .isEqualTo(-1);
        guard.close();
    }

    private final class App extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof HttpRequest request) {
                served.add(request.uri());
            }
            if (message instanceof HttpContent content) {
                bodies.append(content.content().toString(CharsetUtil.US_ASCII));
            }
            ReferenceCountUtil.release(message);
        }
    }

    private static final class FromLoopback extends EmbeddedChannel {

        FromLoopback(ChannelHandler... handlers) {
            super(handlers);
            freezeTime();
        }

        @Override
        protected SocketAddress remoteAddress0() {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), 12_345);
        }
    }
}
