package io.portguard.servlet.tomcat;

import io.portguard.connection.GuardedSocket;
import io.portguard.connection.Phase;
import io.portguard.servlet.AdmittedConnection;
import jakarta.servlet.ServletConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.apache.coyote.UpgradeToken;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;
import org.jspecify.annotations.Nullable;

/** An admitted connection; it gives back what it holds when Tomcat closes it, which happens once. */
final class GuardedSocketWrapper extends NioSocketWrapper {

    /*
     * Time. Tomcat closes a connection when nothing was read for the read timeout, so that a client that sends a byte
     * of its header now and then can take for ever. While a connection waits for its peer the guard's own timeouts
     * count instead: the wrapper says which phase the connection is in, and the guard closes it when its time is over.
     * Tomcat's read timeout is a second line then, should the guard's housekeeper stand still.
     *
     * Closing from outside. A processor's thread works on a connection under its lock, and closing returns buffers to
     * a pool that the thread may be using. So the connection is closed under the lock where that is free, and
     * otherwise it is shut down, which wakes whoever reads or writes, the thread that is at work or the one that the
     * poller gives it to, and is taken for its end.
     */

    private static final long SECOND_LINE_MILLIS = 5_000;
    private static final long SWALLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final GuardedNioEndpoint endpoint;
    private final AdmittedConnection admitted;
    private final SocketChannel socket;
    private final Ends ends = new Ends();
    private volatile @Nullable Http11Exchange exchange;
    private volatile boolean awaitsBody;
    private volatile boolean awaitsReader;
    private volatile long bytesRead;
    private volatile boolean swallowing;
    private volatile long swallowingSinceNanos;

    GuardedSocketWrapper(
            NioChannel channel, SocketChannel socket, GuardedNioEndpoint endpoint, AdmittedConnection admitted) {
        super(channel, endpoint);
        this.endpoint = endpoint;
        this.admitted = admitted;
        this.socket = socket;
    }

    /** The connection is set up and waits for its peer from now on. */
    void opened() {
        admitted.opened(ends, endpoint.isSSLEnabled() ? Phase.HANDSHAKE : Phase.HEADER);
    }

    AdmittedConnection admitted() {
        return admitted;
    }

    /** What is being served by HTTP/1.1 at the moment; null when nothing is. */
    @Nullable
    Http11Exchange exchange() {
        return exchange;
    }

    /** A filter decides about all requests of the port, which may as well be decided before they come to it. */
    void requestsAreGuarded() {
        endpoint.requestsAreGuarded();
    }

    boolean areRequestsGuarded() {
        return endpoint.areRequestsGuarded();
    }

    /** A processor of HTTP/1.1 takes up work on the connection. */
    void entered(Http11Exchange exchange) {
        this.exchange = exchange;
        if (admitted.phase() == Phase.HANDSHAKE) {
            admitted.enter(Phase.HEADER);
        }
    }

    void headerIsComplete() {
        swallowing = false;
        admitted.enter(Phase.SERVING);
    }

    /**
     * A processor has left the connection in this state.
     *
     * @param upgrade what it is to be upgraded to; null when to nothing, or to HTTP/2 known beforehand
     * @return the state that the connection is to have
     */
    SocketState left(SocketState state, boolean async, @Nullable UpgradeToken upgrade) {
        exchange = null;
        swallowing = false;
        Phase phase = admitted.phase();
        if (phase == Phase.ENDED) {
            return async ? state : SocketState.CLOSED;
        }
        if (state == SocketState.UPGRADING) {
            upgraded(upgrade == null || "h2c".equals(upgrade.protocol()));
        } else if (state == SocketState.LONG && !async && phase != Phase.HEADER) {
            admitted.enter(Phase.HEADER);
        } else if (state == SocketState.OPEN && phase == Phase.SERVING) {
            admitted.enter(Phase.IDLE);
        }
        return state;
    }

    private void upgraded(boolean http2) {
        if (http2) {
            admitted.multiplexed();
            admitted.enter(Phase.HEADER);
        } else {
            admitted.enter(Phase.UPGRADED);
        }
    }

    @Override
    public void setNegotiatedProtocol(String protocol) {
        super.setNegotiatedProtocol(protocol);
        if ("h2".equals(protocol)) {
            upgraded(true);
        }
    }

    /** What the body of a refused request still holds is not waited for any longer than a moment. */
    void swallowsBody() {
        swallowingSinceNanos = endpoint.nanoTime();
        swallowing = true;
    }

    @Override
    public void registerReadInterest() {
        awaitsBody = exchange != null || admitted.phase() == Phase.SERVING;
        super.registerReadInterest();
    }

    @Override
    public int read(boolean block, byte[] bytes, int offset, int length) throws IOException {
        return counted(super.read(block, bytes, offset, length));
    }

    @Override
    public int read(boolean block, ByteBuffer to) throws IOException {
        return counted(super.read(block, to));
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // by one thread at a time, the one that reads
    private int counted(int read) {
        awaitsBody = false;
        if (read > 0) {
            bytesRead += read;
        }
        return read;
    }

    @Override
    public void registerWriteInterest() {
        awaitsReader = true;
        super.registerWriteInterest();
    }

    @Override
    protected void doWrite(boolean block, ByteBuffer from) throws IOException {
        super.doWrite(block, from);
        awaitsReader = false;
    }

    @Override
    public long getReadTimeout() {
        if (swallowing) {
            long left = SWALLOW_NANOS - (endpoint.nanoTime() - swallowingSinceNanos);
            return Math.max(1, TimeUnit.NANOSECONDS.toMillis(left));
        }
        if (!endpoint.isEnforcing()) {
            return super.getReadTimeout();
        }
        return switch (admitted.phase()) {
            case HANDSHAKE -> endpoint.handshakeTimeoutMillis() + SECOND_LINE_MILLIS;
            case HEADER -> endpoint.requestTimeoutMillis() + SECOND_LINE_MILLIS;
            case IDLE -> endpoint.idleTimeoutMillis() + SECOND_LINE_MILLIS;
            case SERVING, UPGRADED, ENDED -> super.getReadTimeout();
        };
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

    /** The socket as the guard sees it. */
    private final class Ends implements GuardedSocket {

        @Override
        public boolean awaitsBody() {
            return awaitsBody && !admitted.isMultiplexed();
        }

        @Override
        public boolean awaitsReader() {
            return awaitsReader && !admitted.isMultiplexed() && !admitted.isStreaming();
        }

        @Override
        public long bytesRead() {
            return bytesRead;
        }

        @Override
        public void close() {
            if (getLock().tryLock()) {
                try {
                    GuardedSocketWrapper.this.close();
                } finally {
                    getLock().unlock();
                }
                return;
            }
            try {
                socket.shutdownInput();
                socket.shutdownOutput();
            } catch (IOException | RuntimeException alreadyClosed) {
                // which is what was wanted
            }
        }
    }
}
