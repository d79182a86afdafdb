package io.portguard.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Both generators against a real server: it serves 127.1, refuses 127.2 and never answers 127.3. */
@Timeout(30)
class LoopbackTest {

    // A build machine may stand still for a while, and nothing here is about speed.
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Set<String> sources = ConcurrentHashMap.newKeySet();
    private int port;

    @BeforeEach
    void startServer() throws InterruptedException {
        Channel server = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new HttpServerCodec(), new Answer());
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
        port = ((InetSocketAddress) server.localAddress()).getPort();
    }

    @AfterEach
    void stopServer() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    @Test
    void anOpenLoopSendsAtItsRatesAndTellsTheOutcomesApart() throws InterruptedException {
        LoadPlan plan = new LoadPlan(
                port,
                List.of(
                        Plans.group("polite", "127.1.0.1", 5),
                        Plans.group("abuser", "127.2.0.1", 1),
                        Plans.group("stuck", "127.3.0.1", 1)),
                List.of(
                        new Phase("calm", Duration.ofMillis(500), Map.of("polite", 100.0)),
                        new Phase(
                                "flood",
                                Duration.ofMillis(500),
                                Map.of("polite", 100.0, "abuser", 400.0, "stuck", 20.0))),
                PATIENCE,
                PATIENCE,
                LoadPlan.MAX_CONNECTIONS,
                LoadPlan.SLOT);

        LoadResult result = new OpenLoop(plan, LoadListener.NONE).run();

        assertThat(result.phase("calm").total().count(Outcome.IN_TIME)).isEqualTo(50);
        PhaseResult flood = result.phase("flood");
        assertThat(flood.group("polite").successRatio()).isEqualTo(1);
        assertThat(flood.group("abuser").refusals()).containsOnly(Map.entry(new Refusal(429, "fair-share"), 200L));
        Tally stuck = flood.group("stuck");
        assertThat(stuck.count(Outcome.TIMED_OUT)).isPositive();
        assertThat(stuck.count(Outcome.TIMED_OUT) + stuck.count(Outcome.UNSENT)).isEqualTo(10);
        assertThat(result.slots()).hasSize(4);
        assertThat(sources).contains("127.1.0.1", "127.1.0.5", "127.2.0.1", "127.3.0.1");
    }

    @Test
    void anOpenLoopThatIsStoppedEndsWithTheSlot() throws InterruptedException {
        LoadPlan plan = new LoadPlan(
                port,
                List.of(Plans.group("polite", "127.1.0.1", 5)),
                List.of(Plans.phase("first", 600, Map.of("polite", 100.0)), Plans.phase("second", 600, Map.of())));
        OpenLoop[] loop = new OpenLoop[1];
        loop[0] = new OpenLoop(plan, new LoadListener() {
            @Override
            public void slotSettled(Slot slot) {
                loop[0].stop();
            }
        });

        LoadResult result = loop[0].run();

        assertThat(result.phases()).hasSize(1);
        assertThat(result.phase("first").length()).isLessThan(Duration.ofSeconds(5));
        assertThat(result.phase("first").total().finished())
                .isEqualTo(result.phase("first").total().offered());
    }

    @Test
    void aClosedLoopMeasuresWhatGetsDone() throws InterruptedException {
        ClosedLoopResult result =
                new ClosedLoop(port, Plans.group("polite", "127.1.0.1", 5), 8, Duration.ofSeconds(1)).run();

        assertThat(result.perSecond()).isPositive();
        assertThat(result.seconds()).isBetween(1.0, 5.0);
        assertThat(sources).contains("127.1.0.1", "127.1.0.5");
    }

    @Test
    void aPortOnWhichNobodyListensIsToldNotHidden() throws Exception {
        int freePort;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            freePort = socket.getLocalPort();
        }
        LoadPlan plan = new LoadPlan(
                freePort,
                List.of(Plans.POLITE),
                List.of(new Phase("only", Duration.ofMillis(250), Map.of("polite", 40.0))));

        Tally total = new OpenLoop(plan, LoadListener.NONE).run().phase("only").total();

        assertThat(total.count(Outcome.NOT_CONNECTED))
                .isEqualTo(total.offered())
                .isEqualTo(10);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // a write that fails shows in what the generator counts
    private final class Answer extends SimpleChannelInboundHandler<HttpRequest> {

        @Override
        protected void channelRead0(ChannelHandlerContext context, HttpRequest request) {
            String source = ((InetSocketAddress) context.channel().remoteAddress())
                    .getAddress()
                    .getHostAddress();
            sources.add(source);
            if (source.startsWith("127.1.")) {
                context.writeAndFlush(response(HttpResponseStatus.OK, "done"));
            } else if (source.startsWith("127.2.")) {
                context.writeAndFlush(
                        response(HttpResponseStatus.TOO_MANY_REQUESTS, "{\"status\":429,\"reason\":\"fair-share\"}"));
            }
        }

        private DefaultFullHttpResponse response(HttpResponseStatus status, String body) {
            DefaultFullHttpResponse response = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, status, Unpooled.copiedBuffer(body, StandardCharsets.US_ASCII));
            response.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.length());
            return response;
        }
    }
}
