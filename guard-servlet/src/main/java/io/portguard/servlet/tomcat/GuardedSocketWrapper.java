package io.portguard.servlet.tomcat;

import io.portguard.Rejection;
import io.portguard.servlet.AdmittedConnection;
import jakarta.servlet.ServletConnection;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;
import org.jspecify.annotations.Nullable;

/** An admitted connection; it gives back what it holds when Tomcat closes it, which happens once. */
final class GuardedSocketWrapper extends NioSocketWrapper {

    /*
     * The time for a header. Tomcat closes a connection that waits to be read when nothing was read for the read
     * timeout, so that a client that sends a byte now and then can take for ever. While a header is awaited, reading
     * therefore does not count as a sign of life, and the read timeout is that for the whole header. The wait begins
     * when a new connection is accepted, TLS handshake included, and on a kept one with the first bytes of a request.
     *
     * That is enough for those that fall silent. The poller looks for timeouts once a second at the earliest, and
     * passes over the connections that something has just arrived on; what keeps waking it up is never looked at.
     * So whoever has read some bytes and still has no complete header looks at the clock as well.
     */

    private final GuardedNioEndpoint endpoint;
    private final AdmittedConnection admitted;
    private volatile @Nullable Rejection refused;
    private volatile boolean awaitingHeader = true;
    private volatile long awaitingSinceNanos;
    private volatile @Nullable Http11Exchange exchange;

    GuardedSocketWrapper(NioChannel channel, GuardedNioEndpoint endpoint, AdmittedConnection admitted) {
        super(channel, endpoint);
        this.endpoint = endpoint;
        this.admitted = admitted;
        this.awaitingSinceNanos = endpoint.nanoTime();
    }

    AdmittedConnection admitted() {
        return admitted;
    }

    /** What is being served by HTTP/1.1 at the moment; null when nothing is. */
    @Nullable
    Http11Exchange exchange() {
        return exchange;
    }

    void exchange(@Nullable Http11Exchange exchange) {
        this.exchange = exchange;
    }

    void headerIsComplete() {
        awaitingHeader = false;
        updateLastRead();
    }

    /**
     * A processor has left the connection in this state.
     *
     * @return the state that the connection is to have
     */
    SocketState servedUpTo(SocketState state, boolean async) {
        boolean headerIsIncomplete = state == SocketState.LONG && !async;
        if (state == SocketState.UPGRADING) {
            awaitingHeader = false;
        } else if (!awaitingHeader) {
            updateLastRead();
            awaitingSinceNanos = endpoint.nanoTime();
            awaitingHeader = headerIsIncomplete;
        } else if (headerIsIncomplete && endpoint.isHeaderLate(awaitingSinceNanos)) {
            return SocketState.CLOSED;
        }
        return state;
    }

    /** The present request has been refused. */
    void refused(Rejection rejection) {
        refused = rejection;
    }

    /** Waits for the next request; after a refusal, once the connection has rested. */
    @Override
    public void registerReadInterest() {
        Rejection last = refused;
        refused = null;
        long pauseNanos = last == null ? 0 : admitted.refusalPauseNanos(last);
        if (pauseNanos == 0 || !endpoint.later(this::readAgain, pauseNanos)) {
            super.registerReadInterest();
        }
    }

    private void readAgain() {
        if (!isClosed()) {
            super.registerReadInterest();
        }
    }

    /** HTTP/2 sees to its own timeouts. */
    @Override
    public void setNegotiatedProtocol(String protocol) {
        super.setNegotiatedProtocol(protocol);
        if ("h2".equals(protocol)) {
            headerIsComplete();
        }
    }

    @Override
    public void updateLastRead() {
        if (!awaitingHeader || !endpoint.isEnforcing()) {
            super.updateLastRead();
        }
    }

    @Override
    public long getReadTimeout() {
        return awaitingHeader && endpoint.isEnforcing() ? endpoint.requestTimeoutMillis() : super.getReadTimeout();
    }

    @Override
    public ServletConnection getServletConnection(String protocol, String protocolConnectionId) {
        if (servletConnection instanceof TomcatConnection connection) {
            return connection;
        }
        TomcatConnection connection =
                new TomcatConnection(super.getServletConnection(protocol, protocolConnectionId), this);
        servletConnection = connection;
        return connection;
    }

    /** Streams of HTTP/2 and tasks of asynchronous requests wait for a thread like anybody else. */
    @Override
    public void execute(Runnable task) {
        long queuedAt = endpoint.nanoTime();
        super.execute(() -> {
            endpoint.ranAfterWaitingSince(queuedAt);
            task.run();
        });
    }

    @Override
    protected void doClose() {
        try {
            super.doClose();
        } finally {
            admitted.closed();
        }
    }
}
