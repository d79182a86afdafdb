package io.portguard.benchmarks.overload;

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
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.CharsetUtil;
import io.netty.util.Version;
import io.portguard.netty.GuardedPort;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** The service on Netty, whose event loops hand the work to threads of their own. */
@SuppressWarnings("FutureReturnValueIgnored") // a client that has gone is told by the channel
final class NettyJobs {

    static final String NETTY = "netty "
            + Objects.requireNonNull(Version.identify().get("netty-transport")).artifactVersion();

    private NettyJobs() {}

    static int bare() {
        return serve(null);
    }

    static int guarded() {
        return serve(GuardedPort.of(Guards.guard()));
    }

    private static int serve(@Nullable GuardedPort guard) {
        Job job = new Job();
        ExecutorService workers = Executors.newFixedThreadPool(Job.WORKERS);
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(new MultiThreadIoEventLoopGroup(NioIoHandler.newFactory()))
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel connection) {
                        connection.pipeline().addLast(new HttpServerCodec(), new JobHandler(job, workers));
                    }
                });
        if (guard != null) {
            guard.install(bootstrap);
        }
        Channel listening = bootstrap
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
        return ((InetSocketAddress) listening.localAddress()).getPort();
    }

    /** One request at a time, as the generator sends them. */
    private static final class JobHandler extends SimpleChannelInboundHandler<HttpObject> {

        private final Job job;
        private final ExecutorService workers;

        JobHandler(Job job, ExecutorService workers) {
            this.job = job;
            this.workers = workers;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, HttpObject message) {
            if (message instanceof LastHttpContent) {
                workers.execute(() -> {
                    job.run();
                    answer(context);
                });
            }
        }

        private void answer(ChannelHandlerContext context) {
            FullHttpResponse response = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.copiedBuffer("done\n", CharsetUtil.US_ASCII));
            response.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/plain");
            HttpUtil.setContentLength(response, response.content().readableBytes());
            context.writeAndFlush(response);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
