package io.portguard.benchmarks.load;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** The generator's one event loop, and real connections on it. */
final class Transport implements Connector, AutoCloseable {

    private static final HttpDecoderConfig DECODER =
            new HttpDecoderConfig().setValidateHeaders(false).setInitialBufferSize(256);

    /** Where it is there: the generator shares the processors with what it measures, and takes a fifth less with it. */
    private static final boolean EPOLL = Epoll.isAvailable();

    /** What the generator's connections are made with, for a report. */
    static final String NAME = EPOLL ? "epoll" : "nio";

    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(
            1,
            new DefaultThreadFactory("load-generator", true),
            EPOLL ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    private final EventLoop loop = group.next();
    private final InetSocketAddress server;

    Transport(int port) {
        server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    <T> Promise<T> newPromise() {
        return loop.newPromise();
    }

    /** Runs something on the loop; if it throws, the promise fails. */
    void execute(Runnable command, Promise<?> promise) {
        loop.submit(command).addListener(ran -> failWith(ran, promise));
    }

    /** Runs something on the loop again and again until the promise is done; if it throws, the promise fails. */
    void repeat(Runnable command, long periodNanos, Promise<?> promise) {
        ScheduledFuture<?> repeating =
                loop.scheduleAtFixedRate(command, periodNanos, periodNanos, TimeUnit.NANOSECONDS);
        repeating.addListener(ran -> failWith(ran, promise));
        promise.addListener(done -> repeating.cancel(false));
    }

    private static void failWith(Future<?> ran, Promise<?> promise) {
        if (!ran.isSuccess()) {
            promise.tryFailure(ran.cause());
        }
    }

    @Override
    public Channel connect(Connection connection, InetAddress source) {
        SocketChannel channel = EPOLL ? new EpollSocketChannel() : new NioSocketChannel();
        // Clients that gave up leave ports in TIME_WAIT behind; without this, one address runs out of ports.
        channel.config().setOption(ChannelOption.SO_REUSEADDR, true);
        // The generator times out by itself, all requests with one timer.
        channel.config().setConnectTimeoutMillis(0);
        channel.pipeline().addLast(new HttpResponseDecoder(DECODER), connection);
        loop.register(channel).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        channel.connect(server, new InetSocketAddress(source, 0)).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        return channel;
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
}
