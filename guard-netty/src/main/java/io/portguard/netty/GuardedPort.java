package io.portguard.netty;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.FullHttpResponse;
import io.portguard.Attempt;
import io.portguard.ConnectionStance;
import io.portguard.Decision;
import io.portguard.Failure;
import io.portguard.Guard;
import io.portguard.Permit;
import io.portguard.Priority;
import io.portguard.Rejection;
import io.portguard.connection.OpenConnections;
import io.portguard.http.HttpAttempts;
import io.portguard.pressure.Trigger;
import io.portguard.standard.ConnectionChecks;
import io.portguard.standard.StandardGuard;
import io.portguard.standard.StandardSettings;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A guard on the port of a Netty server. Thread-safe.
 *
 * <pre>{@code
 * ServerBootstrap bootstrap = new ServerBootstrap().group(…).channel(…).childHandler(…);
 * GuardedPort.of(guard).install(bootstrap).bind(8080);
 * }</pre>
 *
 * <p>Connections are decided at the server channel: one that is refused is closed before it has a pipeline or
 * an event loop. Requests are decided right behind the HTTP codec that the bootstrap's child handler puts into
 * the pipeline, at once or when a TLS handshake has chosen the protocol; one that is refused is answered there
 * and seen by no later handler. Where a codec comes later still, {@link #guardRequests} is called by hand.
 *
 * <p>Nothing has to be closed: all that is kept belongs to a channel and goes with it.
 */
public final class GuardedPort {

    private static final double TASKS_START = 1;
    private static final double TASKS_FULL = 5;
    private static final double UNREAD_START = 0.5;

    /** As for the JVM's own direct memory: close to the end, where an allocation that fails ends connections. */
    private static final double MEMORY_START = 0.95;

    private static final double MEMORY_FULL = 0.99;

    private final StandardGuard port;
    private final Refusals<FullHttpResponse> refusals;
    private final EventLoops loops;

    /** Made with the first HTTP/2 connection; without one Netty's codec need not be on the class path. */
    private @Nullable Refusals<Http2Answers.Answer> http2Refusals;

    private final UnreadAnswers unreadAnswers;
    private volatile long idleTimeoutNanos;

    private GuardedPort(StandardGuard port) {
        this.port = port;
        this.refusals = new Refusals<>(port::rateLimitFields, new Http1Answers());
        this.loops = new EventLoops(port, unusedName(port, "event-loop-tasks"));
        this.unreadAnswers = new UnreadAnswers(unusedName(port, "unread-answers"));
    }

    public static GuardedPort of(StandardGuard guard) {
        GuardedPort port = new GuardedPort(guard);
        guard.pressure().add(port.loops, Trigger.queue(TASKS_START, TASKS_FULL));
        guard.pressure().add(port.unreadAnswers, Trigger.stock(UNREAD_START, 1));
        guard.pressure().add(new NettyMemory(), Trigger.stock(MEMORY_START, MEMORY_FULL));
        guard.settings().onChange(values -> {
            port.idleTimeoutNanos =
                    values.get(StandardSettings.CONNECTIONS_IDLE_TIMEOUT).toNanos();
            port.capBandwidth();
        });
        return port;
    }

    /** Connections that began without a cap get what holds them to one. */
    private void capBandwidth() {
        if (openConnections().bandwidth().isCapped()) {
            openConnections().forEachSocket(socket -> {
                if (socket instanceof GuardedConnection connection && connection.isOf(this)) {
                    capBandwidthOf(connection);
                }
            });
        }
    }

    private void capBandwidthOf(GuardedConnection connection) {
        try {
            connection.channel().eventLoop().execute(() -> guarded("a cap", connection::capBandwidth));
        } catch (RejectedExecutionException ending) {
            // Its loop ends, and it with that.
        }
    }

    /** One guard may have several of these, each with connections of its own. */
    private static String unusedName(StandardGuard guard, String name) {
        String unused = name;
        for (int i = 2; guard.pressure().sources().contains(unused); i++) {
            unused = name + "-" + i;
        }
        return unused;
    }

    /**
     * Guards every port that the bootstrap binds from now on. To be called when the bootstrap's own handlers are
     * set; they stay in place.
     *
     * @return the bootstrap
     * @throws IllegalStateException when the bootstrap has no child handler yet
     */
    public ServerBootstrap install(ServerBootstrap bootstrap) {
        ChannelHandler ofServer = bootstrap.config().handler();
        ChannelHandler ofChild = bootstrap.config().childHandler();
        if (ofChild == null) {
            throw new IllegalStateException("childHandler: not set (expected: set before the guard is installed)");
        }
        return bootstrap.handler(new ServerInitializer(ofServer)).childHandler(new ConnectionInitializer(ofChild));
    }

    /**
     * Guards the requests of the HTTP codecs that are in a pipeline by now, HTTP/1.1 and HTTP/2. To be called by
     * hand, on the channel's event loop, where a codec comes into the pipeline later than {@link #install} can
     * know of. Nothing is guarded twice.
     */
    public void guardRequests(ChannelPipeline pipeline) {
        guarded("a pipeline", () -> RequestGuards.place(pipeline, this));
    }

    /**
     * A new handler that admits and refuses the HTTP/1.1 requests of one connection. It belongs right behind the
     * HTTP codec, before all that aggregates, compresses or answers, and runs on the channel's own event loop.
     */
    public ChannelHandler requestHandler() {
        return new HttpRequestGuard(this);
    }

    /**
     * A new handler that admits and refuses the messages of one connection of some other protocol, in which each
     * message is answered by one message, in their order. It belongs between the codec and whoever answers. Answers
     * and refusals are kept in order, and what is in progress ends with its answer or with the connection.
     *
     * @param priorities how much a message matters
     * @param refusals what a refused message is answered; it is written as it is, to the codec
     */
    public ChannelHandler messageHandler(Function<Object, Priority> priorities, Function<Rejection, Object> refusals) {
        return new MessageGuard(this, priorities, refusals);
    }

    /**
     * Decides on a unit of work of a connection, for protocols in which work is not one answer to one message: a
     * stream of frames, calls that overtake each other. To be called on the channel's event loop. A permit must be
     * released when the work has ended; those that are out when the connection closes are released then.
     */
    public Decision tryAdmit(Channel channel, Priority priority) {
        return GuardedConnection.of(channel, this).tryAdmit(priority);
    }

    /**
     * The address of the client at the other end of a connection: the one that a trusted proxy has told in a PROXY
     * preamble, or else that of the peer. Null when there is none. To be asked for on the channel's event loop, once
     * something has been read.
     */
    public static @Nullable SocketAddress remoteAddress(Channel channel) {
        InetSocketAddress told = GuardedConnection.clientAddress(channel);
        return told == null ? channel.remoteAddress() : told;
    }

    /*
     * server channel   [owner's handlers] -> ConnectionGuard -> Netty's acceptor
     *
     * connection       [edge: ProxyPreambleGuard -> FirstBytesGuard -> ClientHelloGuard -> AlertWatch]
     *                  -> [BandwidthGuard] -> ReaderWatch -> owner's pipeline:
     *                  [TLS -> HandshakeWatch] -> HTTP/1.1 codec -> HttpRequestGuard -> ...
     *                  [TLS -> HandshakeWatch] -> HTTP/2 codec with Http2RequestGuard in it -> Http2StreamGate -> ...
     *
     * The edge sees bytes as they come from the network; the request guards see requests. What they share of one
     * connection is its GuardedConnection, what the connections of one event loop share is its LoopWatch.
     */

    /** Runs what the guard does on its own behalf: when it fails, the connection goes on without it. */
    void guarded(String what, Runnable work) {
        try {
            work.run();
        } catch (Throwable fault) {
            guard().fault(what, fault);
        }
    }

    Guard guard() {
        return port.guard();
    }

    HttpAttempts attempts() {
        return port.attempts();
    }

    Refusals<FullHttpResponse> refusals() {
        return refusals;
    }

    /** Those of HTTP/2; asked for once for each connection. */
    synchronized Refusals<Http2Answers.Answer> http2Refusals() {
        Refusals<Http2Answers.Answer> present = http2Refusals;
        if (present == null) {
            present = new Refusals<>(port::rateLimitFields, new Http2Answers());
            http2Refusals = present;
        }
        return present;
    }

    void failed(Attempt attempt, Failure failure) {
        port.failed(attempt, failure);
    }

    /** The service itself has answered an admitted request so; what says that the client is wrong counts against it. */
    void answered(@Nullable Permit permit, int status) {
        if (permit != null && status >= 400 && status < 500) {
            port.answered(permit.attempt(), status);
        }
    }

    ConnectionStance connectionStance() {
        return port.connectionStance();
    }

    /** Whether connections are to end with the answers that are under way. */
    boolean endsKeptConnections() {
        return port.connectionStance() == ConnectionStance.NO_KEEP_ALIVE;
    }

    UnreadAnswers unreadAnswers() {
        return unreadAnswers;
    }

    long idleTimeoutNanos() {
        return idleTimeoutNanos;
    }

    ConnectionChecks checks() {
        return port.checks();
    }

    OpenConnections openConnections() {
        return port.connections();
    }

    void watchBacklog(int localPort, int backlog) {
        port.watchBacklog(localPort, backlog);
    }

    /** The watch of an event loop, to be asked for on that loop alone. */
    LoopWatch watch(EventLoop loop) {
        return loops.watch(loop);
    }

    /** Puts the guard behind what the bootstrap's owner put into the server channel's pipeline. */
    private final class ServerInitializer extends ChannelInitializer<Channel> {

        private final @Nullable ChannelHandler own;

        ServerInitializer(@Nullable ChannelHandler own) {
            this.own = own;
        }

        @Override
        protected void initChannel(Channel channel) {
            if (own != null) {
                channel.pipeline().addLast(own);
            }
            channel.pipeline().addLast(new ConnectionGuard(GuardedPort.this));
        }
    }

    /** Lets the owner's handler build the pipeline of a connection and adds what guards it. */
    @ChannelHandler.Sharable
    private final class ConnectionInitializer extends ChannelInitializer<Channel> {

        private final ChannelHandler own;

        ConnectionInitializer(ChannelHandler own) {
            this.own = own;
        }

        @Override
        protected void initChannel(Channel channel) {
            ChannelPipeline pipeline = channel.pipeline();
            guarded("a connection's beginning", () -> begin(channel));
            pipeline.addLast(own);
            guardRequests(pipeline);
            guarded("a connection's edge", () -> Edge.place(channel, GuardedPort.this));
        }

        /** Before the owner's handlers: the edge, in the order in which its handlers see what is read. */
        private void begin(Channel channel) {
            GuardedConnection connection = GuardedConnection.of(channel, GuardedPort.this);
            channel.pipeline().addLast(new ReaderWatch(GuardedPort.this, connection));
            connection.capBandwidth();
            KeepAlive.set(channel);
        }
    }
}
