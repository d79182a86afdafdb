package io.portguard.benchmarks.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.ReadOnlyHttpHeaders;
import io.netty.util.AsciiString;
import io.netty.util.CharsetUtil;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.Version;
import io.portguard.netty.GuardedPort;
import io.portguard.standard.StandardGuard;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Servers on Netty, bare and guarded, that have nothing to do but what is measured. */
@SuppressWarnings("FutureReturnValueIgnored") // whoever measures sees what does not come
final class NettyServers {

    private static final String NETTY = "netty "
            + Objects.requireNonNull(Version.identify().get("netty-transport")).artifactVersion();

    /** The least that it takes to turn a connection away: accepted and closed, before it has an event loop. */
    static final Subject ACCEPT_AND_CLOSE =
            new Subject(NETTY + ", accept and close", () -> serve(null, new CloseAll(), new Hello()));

    static final Subject REFUSED_CONNECTION = new Subject(
            "portguard on netty, connection refused", () -> serve(Guards.withoutConnections(), null, new Hello()));

    /** The least that it takes to turn a request away: the same answer each time, as long as the guard's. */
    static final Subject CONSTANT_503 =
            new Subject(NETTY + ", constant 503", () -> serve(null, null, new Constant(answer503())));

    static final Subject REFUSED_REQUEST =
            new Subject("portguard on netty, request refused", () -> serve(Guards.full(), null, new Hello()));

    static final Subject HELLO = new Subject(NETTY + ", hello", () -> serve(null, null, new Hello()));

    static final Subject GUARDED_HELLO =
            new Subject("portguard on netty, hello", () -> serve(Guards.with(Map.of()), null, new Hello()));

    private NettyServers() {}

    private static int serve(@Nullable StandardGuard guard, @Nullable ChannelHandler ofServer, ChannelHandler app) {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(NioIoHandler.newFactory());
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel connection) {
                        connection.pipeline().addLast(new HttpServerCodec(), app);
                    }
                });
        if (ofServer != null) {
            bootstrap.handler(ofServer);
        }
        if (guard != null) {
            GuardedPort.of(guard).install(bootstrap);
        }
        Channel listening = bootstrap
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
        return ((InetSocketAddress) listening.localAddress()).getPort();
    }

    private static FullHttpResponse answer503() {
        String body = "{\"status\":503,\"title\":\"Service Unavailable\",\"reason\":\"concurrency\"}";
        return constant(
                HttpResponseStatus.SERVICE_UNAVAILABLE,
                body,
                HttpHeaderNames.CONTENT_TYPE,
                "application/problem+json",
                HttpHeaderNames.CONTENT_LENGTH,
                Integer.toString(body.length()),
                AsciiString.cached("Retry-After"),
                "1");
    }

    private static FullHttpResponse constant(HttpResponseStatus status, String body, CharSequence... headers) {
        return new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                status,
                Unpooled.unreleasableBuffer(Unpooled.copiedBuffer(body, CharsetUtil.US_ASCII)),
                new ReadOnlyHttpHeaders(true, headers),
                EmptyHttpHeaders.INSTANCE);
    }

    /** Closes what was accepted, at the server channel. */
    private static final class CloseAll extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ((Channel) message).unsafe().closeForcibly();
        }
    }

    /** Answers each request with the same. */
    @ChannelHandler.Sharable
    private static final class Constant extends ChannelInboundHandlerAdapter {

        private final FullHttpResponse answer;

        Constant(FullHttpResponse answer) {
            this.answer = answer;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof LastHttpContent) {
                context.write(answer.replace(answer.content().duplicate()));
            }
            ReferenceCountUtil.release(message);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }

    /** Greets whoever asks, with an answer made for each. */
    @ChannelHandler.Sharable
    private static final class Hello extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof LastHttpContent) {
                DefaultFullHttpResponse response = new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1,
                        HttpResponseStatus.OK,
                        context.alloc().buffer(16));
                response.content().writeCharSequence("Hello\n", CharsetUtil.US_ASCII);
                response.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/plain");
                response.headers()
                        .setInt(
                                HttpHeaderNames.CONTENT_LENGTH,
                                response.content().readableBytes());
                context.write(response);
            }
            ReferenceCountUtil.release(message);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
