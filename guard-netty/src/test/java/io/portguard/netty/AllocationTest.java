package io.portguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.CharsetUtil;
import io.netty.util.ReferenceCountUtil;
import io.portguard.Reason;
import io.portguard.standard.StandardGuard;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AllocationTest {

    private static final int ROUNDS = 20_000;

    /** Less than a permit, which has 32: the codec's own objects are not taken apart by the compiler alike in both. */
    private static final long ALLOWED_BYTES = 31;

    /** The least of so many measurements counts: in the first ones the code is not compiled yet. */
    private static final int MEASUREMENTS = 10;

    private static final ByteBuf REQUEST = Unpooled.unreleasableBuffer(
            Unpooled.copiedBuffer("GET /job HTTP/1.1\r\nHost: localhost\r\n\r\n", CharsetUtil.US_ASCII));

    private final Gate gate = new Gate();
    private final StandardGuard guard = StandardGuard.builder("server")
            .requestRules(gate)
            .tickInterval(Duration.ZERO)
            .build();

    @Test
    void anAdmittedRequestOnAKeptConnectionCostsNotEvenAPermit() {
        long bare = bytesPerRequest(new HttpServerCodec(), new App());
        long guarded =
                bytesPerRequest(new HttpServerCodec(), GuardedPort.of(guard).requestHandler(), new App());
        assertThat(guarded - bare).isLessThanOrEqualTo(ALLOWED_BYTES);
    }

    @Test
    void aRefusedRequestCostsNoMoreThanAConstantAnswer() {
        gate.refuse(Reason.OVERLOAD);
        long bare = bytesPerRequest(new HttpServerCodec(), new App());
        long guarded =
                bytesPerRequest(new HttpServerCodec(), GuardedPort.of(guard).requestHandler());
        assertThat(guarded - bare).isLessThanOrEqualTo(ALLOWED_BYTES);
    }

    private static long bytesPerRequest(ChannelHandler... handlers) {
        EmbeddedChannel channel = new EmbeddedChannel(handlers);
        channel.freezeTime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < MEASUREMENTS; i++) {
            long before = allocatedBytes();
            serve(channel);
            least = Math.min(least, (allocatedBytes() - before) / ROUNDS);
        }
        channel.finishAndReleaseAll();
        return least;
    }

    private static void serve(EmbeddedChannel channel) {
        for (int i = 0; i < ROUNDS; i++) {
            channel.writeInbound(REQUEST.duplicate());
            channel.releaseOutbound();
        }
    }

    private static long allocatedBytes() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    private static final class App extends ChannelInboundHandlerAdapter {

        @Override
        @SuppressWarnings("FutureReturnValueIgnored") // nobody waits for it
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof HttpRequest) {
                DefaultFullHttpResponse response = new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1,
                        HttpResponseStatus.SERVICE_UNAVAILABLE,
                        Unpooled.wrappedBuffer(new byte[64]));
                HttpUtil.setContentLength(response, 64);
                context.writeAndFlush(response);
            }
            ReferenceCountUtil.release(message);
        }
    }
}
