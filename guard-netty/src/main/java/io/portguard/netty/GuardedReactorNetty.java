package io.portguard.netty;

import io.netty.channel.Channel;
import io.netty.channel.ServerChannel;
import io.netty.util.Attribute;
import io.netty.util.AttributeKey;
import io.portguard.Attempt;
import io.portguard.http.HttpRequestView;
import io.portguard.standard.StandardGuard;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerState;

/**
 * A guard on the connections of a Reactor Netty server. Thread-safe.
 *
 * <pre>{@code
 * HttpServer guarded = GuardedReactorNetty.of(guard).install(HttpServer.create());
 * }</pre>
 *
 * <p>Connections are decided at the server channel, and again by their first bytes; they are ended when they are silent for
 * too long, or when the body of a request comes too slowly. Requests are not decided: who does so, with the attempts that are given here, has
 * nothing to look up for a kept connection.
 */
public final class GuardedReactorNetty {

    /*
     * Reactor Netty keeps its bootstrap to itself. The server channel is seen when it is bound, a moment too late
     * for connections that come in that moment: they are served and not counted. What a connection is doing is told
     * by Reactor Netty's own states, whichever protocol was negotiated; each stream of HTTP/2 has a channel of its
     * own on the event loop of its connection.
     */

    private static final AttributeKey<Kept> KEPT = AttributeKey.valueOf(GuardedReactorNetty.class, "kept");

    /**
     * What is kept of a connection.
     *
     * @param requests how many are in progress, of whatever stream
     */
    private record Kept(GuardedConnection connection, AtomicInteger requests) {}

    private final GuardedPort port;

    private GuardedReactorNetty(GuardedPort port) {
        this.port = port;
    }

    public static GuardedReactorNetty of(StandardGuard guard) {
        return new GuardedReactorNetty(GuardedPort.of(guard));
    }

    /** The same server with its connections guarded, on every port that it binds. */
    public HttpServer install(HttpServer server) {
        return server.doOnBound(this::bound)
                .doOnChannelInit((observer, channel, address) ->
                        port.guarded("a connection's beginning", () -> begin(connectionOf(channel))))
                .childObserve(this::changed);
    }

    /** The attempt of a request on this channel, to be asked for on its event loop. */
    public Attempt attempt(Channel channel, HttpRequestView request) {
        return kept(connectionOf(channel)).connection().attempts().request(request);
    }

    private void bound(DisposableServer server) {
        server.channel().pipeline().addFirst(new ConnectionGuard(port));
    }

    private void begin(Channel channel) {
        KeepAlive.set(channel);
        GuardedConnection connection = kept(channel).connection();
        channel.pipeline().addFirst(new ReaderWatch(port, connection));
        connection.capBandwidth();
        connection.waitForFirstRequest();
        port.guarded("a connection's edge", () -> Edge.place(channel, port));
    }

    private void changed(Connection connection, ConnectionObserver.State state) {
        if (state == HttpServerState.REQUEST_RECEIVED) {
            port.guarded("the beginning of a request", () -> requestBegins(connection));
        } else if (state == ConnectionObserver.State.DISCONNECTING) {
            port.guarded("the end of a request", () -> requestEnds(connectionOf(connection.channel())));
        }
    }

    private void requestBegins(Connection request) {
        Channel channel = connectionOf(request.channel());
        if (channel.isActive()) {
            Kept kept = kept(channel);
            kept.requests().incrementAndGet();
            kept.connection().requestBegins(port.guard().clock().nanoTime());
            if (request instanceof HttpServerRequest received) {
                BodyWatch.place(channel.pipeline(), received.requestHeaders(), kept.connection());
            }
        }
    }

    private void requestEnds(Channel channel) {
        if (channel.isActive()) {
            Kept kept = kept(channel);
            // One that ends without a request is told of as well.
            if (kept.requests().updateAndGet(before -> Math.max(0, before - 1)) == 0) {
                kept.connection().waitForNextRequest();
            }
        }
    }

    private Kept kept(Channel connection) {
        Attribute<Kept> attribute = connection.attr(KEPT);
        Kept kept = attribute.get();
        if (kept == null) {
            kept = new Kept(GuardedConnection.of(connection, port), new AtomicInteger());
            attribute.set(kept);
        }
        return kept;
    }

    /** The channel that was accepted: the one itself, or the one that it is a stream of. */
    private static Channel connectionOf(Channel channel) {
        Channel connection = channel;
        while (connection.parent() != null && !(connection.parent() instanceof ServerChannel)) {
            connection = connection.parent();
        }
        return connection;
    }
}
