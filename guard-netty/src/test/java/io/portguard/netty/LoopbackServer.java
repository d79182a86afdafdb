package io.portguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.HttpConversionUtil;
import io.netty.util.AsciiString;
import io.netty.util.CharsetUtil;
import io.netty.util.ReferenceCountUtil;
import io.portguard.Attempt;
import io.portguard.standard.StandardGuard;
import io.portguard.standard.StandardGuardBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import jdk.net.ExtendedSocketOptions;

/**
 * A guarded server on a port of the loopback interface: {@code /hold} is answered when the test says so, {@code
 * /stream} never ends, {@code /large} is 399,000 bytes, everything else is answered at once.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the client is told of what comes of a write
final class LoopbackServer implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(20);

    /** What {@code /large} is answered. */
    static final String LARGE =
            IntStream.range(100_000, 157_000).mapToObj(i -> i + "\n").collect(Collectors.joining());

    private static final AsciiString STREAM_ID = HttpConversionUtil.ExtensionHeaderNames.STREAM_ID.text();

    final Gate connectionGate = new Gate();
    final Gate requestGate = new Gate();
    final StandardGuard guard;

    /** The requests that are held. */
    final BlockingQueue<ChannelHandlerContext> held = new LinkedBlockingQueue<>();

    /** How many connections have got a pipeline. */
    final AtomicInteger pipelines = new AtomicInteger();

    /** How many streams have got a channel. */
    final AtomicInteger streams = new AtomicInteger();

    private final Transport transport;
    private final EventLoopGroup group;
    private volatile Channel lastConnection;
    private final Channel channel;

    LoopbackServer(Map<String, String> settings) {
        this(settings, anything -> {});
    }

    LoopbackServer(Map<String, String> settings, Consumer<StandardGuardBuilder> more) {
        this(settings, more, Protocol.HTTP_1, Transport.NIO);
    }

    LoopbackServer(Map<String, String> settings, Protocol protocol) {
        this(settings, anything -> {}, protocol, Transport.NIO);
    }

    LoopbackServer(
            Map<String, String> settings, Consumer<StandardGuardBuilder> more, Protocol protocol, Transport transport) {
        this.transport = transport;
        StandardGuardBuilder builder = StandardGuard.builder("server")
                .configure(settings)
                .connectionRules(connectionGate)
                .requestRules(requestGate);
        more.accept(builder);
        guard = builder.build();
        group = new MultiThreadIoEventLoopGroup(2, transport.ioHandlers());
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(group)
                .channel(transport.serverChannel())
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel connection) {
                        pipelines.incrementAndGet();
                        lastConnection = connection;
                        protocol.addTo(connection.pipeline(), App::new);
                    }
                });
        channel = GuardedPort.of(guard)
                .install(bootstrap)
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
    }

    boolean isAccepting() {
        return channel.config().isAutoRead();
    }

    void turnAutoReadOn() {
        channel.config().setAutoRead(true);
    }

    int port() {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    RawClient connect() {
        return new RawClient(port());
    }

    /** Answers the request that was held first. */
    void release() throws InterruptedException {
        ChannelHandlerContext request = held.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(request).as("a request that is held").isNotNull();
        request.writeAndFlush(response(HttpResponseStatus.OK, "released"));
    }

    long activeRequests() {
        return guard.guard().counts(Attempt.Kind.REQUEST).active();
    }

    long admittedRequests() {
        return guard.guard().counts(Attempt.Kind.REQUEST).admitted();
    }

    /** After how long a silence the last connection's peer is asked whether it is still there. */
    int keepAliveSeconds() {
        Channel last = Objects.requireNonNull(lastConnection);
        ChannelOption<Integer> idle = switch (transport) {
            case NIO -> NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE);
            case EPOLL -> EpollChannelOption.TCP_KEEPIDLE;
            case IO_URING -> IoUringChannelOption.TCP_KEEPIDLE;
        };
        assertThat(last.config().getOption(ChannelOption.SO_KEEPALIVE)).isTrue();
        return last.config().getOption(idle);
    }

    long activeConnections() {
        return guard.guard().counts(Attempt.Kind.CONNECTION).active();
    }

    /** Every test ends here: when the clients have gone, nothing is left in progress. */
    @Override
    public void close() {
        Eventually.until("no request is active", () -> activeRequests() == 0);
        Eventually.until("no connection is active", () -> activeConnections() == 0);
        channel.close().syncUninterruptibly();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        guard.close();
    }

    private static DefaultFullHttpResponse response(HttpResponseStatus status, String body) {
        DefaultFullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, status, Unpooled.copiedBuffer(body, CharsetUtil.US_ASCII));
        HttpUtil.setContentLength(response, body.length());
        return response;
    }

    private final class App extends ChannelInboundHandlerAdapter {

        private String path = "";
        private String streamId;

        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            if (context.channel() instanceof Http2StreamChannel) {
                streams.incrementAndGet();
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (!(message instanceof HttpObject)) {
                context.fireChannelRead(message); // The connection speaks something else by now.
                return;
            }
            if (message instanceof HttpRequest request) {
                path = request.uri();
                streamId = request.headers().get(STREAM_ID);
            }
            if (message instanceof LastHttpContent) {
                switch (path) {
                    case "/hold" -> held.add(context);
                    case "/stream" -> {
                        DefaultHttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
                        HttpUtil.setTransferEncodingChunked(head, true);
                        context.write(head);
                        stream(context);
                    }
                    case "/large" -> context.writeAndFlush(inStream(response(HttpResponseStatus.OK, LARGE)));
                    case "/fail" -> context.writeAndFlush(response(HttpResponseStatus.INTERNAL_SERVER_ERROR, "failed"));
                    default -> context.writeAndFlush(inStream(response(HttpResponseStatus.OK, "hello")));
                }
            }
            ReferenceCountUtil.release(message);
        }

        /** Where one handler serves all streams of a connection, it says which one it means. */
        private DefaultFullHttpResponse inStream(DefaultFullHttpResponse response) {
            if (streamId != null) {
                response.headers().set(STREAM_ID, streamId);
            }
            return response;
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            if (path.equals("/stream")) {
                stream(context);
            }
        }

        private void stream(ChannelHandlerContext context) {
            while (context.channel().isWritable()) {
                context.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(new byte[8192])));
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
