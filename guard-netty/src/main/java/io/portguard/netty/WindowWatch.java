package io.portguard.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.Http2StreamVisitor;
import io.netty.util.concurrent.Future;
import io.portguard.Mode;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends an HTTP/2 connection whose client does not read what it has asked for: an answer waits for a window that the client
 * keeps closed (RFC 9113, section 5.2), and none was opened for as long as a connection may be idle. When all that is in
 * progress waits like that, the connection may have to make place for others sooner. What {@link ReaderWatch} is for a
 * channel, whose buffer stays empty meanwhile. Confined to the event loop.
 */
final class WindowWatch implements Http2StreamVisitor {

    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final GuardedPort port;
    private final GuardedConnection guarded;
    private final ChannelHandlerContext codec;
    private final Http2ConnectionHandler handler;
    private final Http2Connection.PropertyKey exchanges;
    private @Nullable Future<?> looking;

    /** When a window was opened last, or nothing waited for one. */
    private long sinceNanos;

    /** How many requests are in progress, and how many of them wait for a window, as the streams are visited. */
    private int inProgress;

    private int waiting;

    /**
     * A watch of one connection.
     *
     * @param exchanges the property of a stream that holds its {@link Http2Exchange}
     */
    WindowWatch(
            GuardedPort port,
            GuardedConnection guarded,
            ChannelHandlerContext codec,
            Http2Connection.PropertyKey exchanges) {
        this.port = port;
        this.guarded = guarded;
        this.codec = codec;
        this.handler = (Http2ConnectionHandler) codec.handler();
        this.exchanges = exchanges;
    }

    /** A request is in progress from now on. */
    void requestBegins(long nowNanos) {
        if (looking == null) {
            sinceNanos = nowNanos;
            lookAgain();
        }
    }

    /** The client has opened a window, or may have. */
    void opened() {
        if (looking != null) {
            sinceNanos = port.guard().clock().nanoTime();
            guarded.windowsAreClosed(false);
        }
    }

    /** The connection is closed. */
    void close() {
        if (looking != null) {
            looking.cancel(false);
        }
    }

    private void lookAgain() {
        looking = codec.executor().schedule(this::look, INTERVAL_NANOS, TimeUnit.NANOSECONDS);
    }

    private void look() {
        looking = null;
        inProgress = 0;
        waiting = 0;
        try {
            handler.connection().forEachActiveStream(this);
        } catch (Http2Exception fault) {
            port.guard().fault("looking for windows that stay closed", fault);
        }
        guarded.windowsAreClosed(inProgress > 0 && waiting == inProgress);
        long now = port.guard().clock().nanoTime();
        if (waiting == 0) {
            sinceNanos = now;
        } else if (now - sinceNanos >= port.idleTimeoutNanos() && port.guard().mode() == Mode.ENFORCE) {
            guarded.doesNotRead();
            return;
        }
        if (inProgress > 0) {
            lookAgain();
        }
    }

    @Override
    public boolean visit(Http2Stream stream) {
        Http2Exchange exchange = stream.getProperty(exchanges);
        if (exchange != null && exchange.isInProgress()) {
            inProgress++;
            waiting += waitsForWindow(stream) ? 1 : 0;
        }
        return true;
    }

    private boolean waitsForWindow(Http2Stream stream) {
        Http2RemoteFlowController windows =
                ((Http2ConnectionHandler) codec.handler()).encoder().flowController();
        return windows.hasFlowControlled(stream)
                && codec.channel().isWritable()
                && (windows.windowSize(stream) <= 0
                        || windows.windowSize(handler.connection().connectionStream()) <= 0);
    }
}
