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

    /** The permit has 32; the rest is for what a compiler may or may not have found out by now. */
    private static final long ALLOWED_BYTES = 128;

    private static final ByteBuf REQUEST = Unpooled.unreleasableBuffer(
            Unpooled.copiedBuffer("GET /job HTTP/1.1\r\nHost: localhost\r\n\r\n", CharsetUtil.US_ASCII));

    private final Gate gate = new Gate();
    private final StandardGuard guard = StandardGuard.builder("server")
            .requestRules(gate)
            .tickInterval(Duration.ZERO)
            .build();

    @Test
    void anAdmittedRequestOnAKeptConnectionCostsItsPermitAndNothingElse() {
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
        serve(channel);
        long before = allocatedBytes();
        serve(channel);
        long after = allocatedBytes();
        channel.finishAndReleaseAll();
        return (after - before) / ROUNDS;
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
