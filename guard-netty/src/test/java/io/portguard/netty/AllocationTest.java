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
import io.portguard.Rule;
import io.portguard.standard.StandardGuard;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AllocationTest {

    private static final int ROUNDS = 2_000;

    /** The least of so many measurements counts: in the first ones pools and buffers are filled. */
    private static final int MEASUREMENTS = 5;

    private static final ByteBuf REQUEST = Unpooled.unreleasableBuffer(
            Unpooled.copiedBuffer("GET /job HTTP/1.1\r\nHost: localhost\r\n\r\n", CharsetUtil.US_ASCII));

    /** Otherwise the compiler does without some of the codec's own objects, not of the same ones in all pipelines. */
    private static final List<String> COUNTED_AS_WRITTEN =
            List.of("-XX:-DoEscapeAnalysis", "-Dio.netty.leakDetection.level=disabled");

    @Test
    void anAdmittedRequestOnAKeptConnectionAllocatesNothingForTheGuard() throws Exception {
        assertThat(bytesPerRequest("admitted")).isEqualTo(bytesPerRequest("bare"));
    }

    @Test
    void aRefusedRequestCostsNoMoreThanAConstantAnswer() throws Exception {
        assertThat(bytesPerRequest("refused")).isLessThanOrEqualTo(bytesPerRequest("bare"));
    }

    /** As a virtual machine of its own has counted them. */
    private static long bytesPerRequest(String pipeline) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(COUNTED_AS_WRITTEN);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), AllocationTest.class.getName(), pipeline));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(process.waitFor()).as(told).isZero();
        return Long.parseLong(told.trim());
    }

    /** Prints how many bytes a request costs in the named pipeline. */
    public static void main(String[] arguments) {
        StandardGuard guard = StandardGuard.builder("server")
                .requestRules(arguments[0].equals("refused") ? new Rule[] {full()} : new Rule[0])
                .tickInterval(Duration.ZERO)
                .build();
        System.out.println(bytesPerRequest(
                arguments[0].equals("bare")
                        ? new ChannelHandler[] {new HttpServerCodec(), new App()}
                        : new ChannelHandler[] {
                            new HttpServerCodec(), GuardedPort.of(guard).requestHandler(), new App()
                        }));
    }

    private static Rule full() {
        Gate gate = new Gate();
        gate.refuse(Reason.OVERLOAD);
        return gate;
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
