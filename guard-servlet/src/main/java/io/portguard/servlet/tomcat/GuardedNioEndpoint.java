package io.portguard.servlet.tomcat;

import io.portguard.ConnectionStance;
import io.portguard.Mode;
import io.portguard.NanoClock;
import io.portguard.pressure.QueueDelay;
import io.portguard.servlet.AdmittedConnection;
import io.portguard.servlet.ConnectionGate;
import io.portguard.settings.SettingValues;
import io.portguard.standard.StandardSettings;
import java.net.SocketOption;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import jdk.net.ExtendedSocketOptions;
import org.apache.tomcat.util.ExceptionUtils;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketBufferHandler;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketProcessorBase;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * Tomcat's NIO endpoint, which asks the guard before it takes anything for a new connection, and measures how long
 * tasks wait for a thread. Public only because Tomcat registers it as an MBean, which calls it by reflection.
 */
public final class GuardedNioEndpoint extends NioEndpoint {

    private static final int KEEP_ALIVE_PROBE_SECONDS = 60;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private @Nullable ConnectionGate gate;
    private NanoClock clock = NanoClock.system();
    private @Nullable QueueDelay queueDelay;
    private int containersMaxConnections = getMaxConnections();
    private int guardsMaxConnections;
    private volatile boolean requestsAreGuarded;
    private volatile boolean enforcing;
    private volatile int handshakeTimeoutMillis;
    private volatile int requestTimeoutMillis;
    private volatile int idleTimeoutMillis;

    GuardedNioEndpoint() {
        socketProperties.setSoKeepAlive(true);
    }

    /** To be called once, before the endpoint starts: its threads see what was written before they were started. */
    void guard(ConnectionGate gate) {
        this.gate = gate;
        clock = gate.port().guard().clock();
        queueDelay = gate.port().queueDelay();
    }

    /** Takes over what the guard's settings say; in effect at once. */
    synchronized void configure(SettingValues values) {
        enforcing = values.get(StandardSettings.MODE) == Mode.ENFORCE;
        handshakeTimeoutMillis = millis(values.get(StandardSettings.CONNECTIONS_TLS_HANDSHAKE_TIMEOUT));
        requestTimeoutMillis = millis(values.get(StandardSettings.CONNECTIONS_REQUEST_TIMEOUT));
        idleTimeoutMillis = millis(values.get(StandardSettings.CONNECTIONS_IDLE_TIMEOUT));
        guardsMaxConnections = values.get(StandardSettings.CONNECTIONS_MAX);
        limitConnections();
    }

    @Override
    public synchronized void setMaxConnections(int maxConnections) {
        containersMaxConnections = maxConnections;
        limitConnections();
    }

    /**
     * Tomcat stops accepting at its own limit, and clients wait unheard; a guard that enforces refuses them instead.
     * So the acceptor must not stop before the guard can refuse: one more than the guard admits.
     */
    private void limitConnections() {
        boolean raised = enforcing && containersMaxConnections != -1;
        int limit = raised ? Math.max(containersMaxConnections, guardsMaxConnections + 1) : containersMaxConnections;
        // A paused endpoint has thrown its count of connections away and would begin anew at zero.
        if (limit != getMaxConnections() && !isPaused()) {
            super.setMaxConnections(limit);
        }
    }

    @Override
    public int getKeepAliveTimeout() {
        return enforcing ? idleTimeoutMillis : super.getKeepAliveTimeout();
    }

    void requestsAreGuarded() {
        if (!requestsAreGuarded) {
            requestsAreGuarded = true;
        }
    }

    /** Whether all requests are guarded, not connections alone: a filter for all of them has been seen to decide one. */
    boolean areRequestsGuarded() {
        return requestsAreGuarded;
    }

    boolean isEnforcing() {
        return enforcing;
    }

    int handshakeTimeoutMillis() {
        return handshakeTimeoutMillis;
    }

    int idleTimeoutMillis() {
        return idleTimeoutMillis;
    }

    int requestTimeoutMillis() {
        return requestTimeoutMillis;
    }

    long nanoTime() {
        return clock.nanoTime();
    }

    void ranAfterWaitingSince(long nanos) {
        Objects.requireNonNull(queueDelay).record(clock.nanoTime() - nanos);
    }

    /** Accepted sockets inherit the time after which a silent peer is probed, which spares a call for each. */
    @Override
    protected void initServerSocket() throws Exception {
        super.initServerSocket();
        NetworkChannel server = getServerSocket();
        SocketOption<Integer> idle = ExtendedSocketOptions.TCP_KEEPIDLE;
        if (server.supportedOptions().contains(idle)) {
            server.setOption(idle, KEEP_ALIVE_PROBE_SECONDS);
        }
    }

    /** Accepts nobody while the guard wants a pause; who comes is queued by the kernel. */
    @Override
    protected SocketChannel serverSocketAccept() throws Exception {
        while (pauses() && isRunning() && !isPaused()) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return super.serverSocketAccept();
    }

    private boolean pauses() {
        return Objects.requireNonNull(gate).port().connectionStance() == ConnectionStance.PAUSE;
    }

    @Override
    protected boolean setSocketOptions(SocketChannel socket) {
        AdmittedConnection admitted = Objects.requireNonNull(gate).tryAdmit(socket);
        if (admitted == null) {
            // Closes, and takes back that the acceptor counted the connection; no wrapper knows of it yet.
            destroySocket(socket);
            return false;
        }
        return setUp(socket, admitted);
    }

    /** What NioEndpoint.setSocketOptions does, with a socket wrapper of our own, which it has no factory for. */
    private boolean setUp(SocketChannel socket, AdmittedConnection admitted) {
        GuardedSocketWrapper wrapper = null;
        try {
            NioChannel channel =
                    getNioChannels() == null ? null : getNioChannels().pop();
            if (channel == null) {
                channel = createChannel(new SocketBufferHandler(
                        socketProperties.getAppReadBufSize(),
                        socketProperties.getAppWriteBufSize(),
                        socketProperties.getDirectBuffer()));
            }
            GuardedSocketWrapper created = new GuardedSocketWrapper(channel, socket, this, admitted);
            channel.reset(socket, created);
            connections.put(socket, created);
            wrapper = created;
            socket.configureBlocking(false);
            if (getUnixDomainSocketPath() == null) {
                socketProperties.setProperties(socket.socket());
            }
            wrapper.setReadTimeout(getConnectionTimeout());
            wrapper.setWriteTimeout(getConnectionTimeout());
            wrapper.setKeepAliveLeft(getMaxKeepAliveRequests());
            wrapper.opened();
            getPoller().register(wrapper);
            return true;
        } catch (Throwable fault) {
            ExceptionUtils.handleThrowable(fault);
            getLog().error("A new connection could not be set up", fault);
            if (wrapper == null) {
                admitted.closed();
                destroySocket(socket);
            }
            return false; // the acceptor closes the wrapper if there is one
        }
    }

    /** Closes what is left when the poller has gone, a connection that came while it went for instance. */
    @Override
    public void stopInternal() {
        super.stopInternal();
        getConnections().forEach(SocketWrapperBase::close);
    }

    @Override
    protected SocketProcessorBase<NioChannel> createSocketProcessor(
            SocketWrapperBase<NioChannel> socketWrapper, SocketEvent event) {
        return new TimedSocketProcessor(socketWrapper, event);
    }

    private static int millis(Duration duration) {
        return (int) Math.min(Math.max(duration.toMillis(), 1), Integer.MAX_VALUE);
    }

    /** Measures the time from when it was given to the executor to when it runs. Tomcat uses it again and again. */
    private final class TimedSocketProcessor extends SocketProcessor {

        // Set by reset(), which the constructor of the superclass calls: no initializers here.
        private long queuedAtNanos;
        private @Nullable Thread queuedBy;

        TimedSocketProcessor(SocketWrapperBase<NioChannel> socketWrapper, SocketEvent event) {
            super(socketWrapper, event);
        }

        @Override
        public void reset(SocketWrapperBase<NioChannel> socketWrapper, SocketEvent event) {
            super.reset(socketWrapper, event);
            queuedAtNanos = clock.nanoTime();
            queuedBy = Thread.currentThread();
        }

        @Override
        protected void doRun() {
            // What runs on the thread that made it has not waited; it would pass for a moment with an empty queue.
            if (queuedBy != Thread.currentThread()) {
                ranAfterWaitingSince(queuedAtNanos);
            }
            queuedBy = null;
            super.doRun();
        }
    }
}
