package io.portguard.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.util.AttributeKey;
import io.portguard.Decision;
import io.portguard.Failure;
import io.portguard.IpAddress;
import io.portguard.Outcome;
import io.portguard.Permit;
import io.portguard.Priority;
import io.portguard.SocketEnds;
import io.portguard.connection.GuardedSocket;
import io.portguard.connection.OpenConnection;
import io.portguard.connection.Phase;
import io.portguard.http.HttpAttempts;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What the guard keeps of one connection for as long as it is open: who it is from, the right to be there, and
 * what it is doing. Handed from the acceptor's event loop to the connection's own when that registers the channel;
 * confined to it from then on, but for what the housekeeper asks a {@link GuardedSocket}.
 */
final class GuardedConnection implements ChannelFutureListener, GuardedSocket, SocketEnds {

    private static final AttributeKey<GuardedConnection> KEY =
            AttributeKey.valueOf(GuardedConnection.class, "connection");

    private final Channel channel;
    private final GuardedPort port;
    private HttpAttempts.OfConnection attempts;
    private @Nullable Permit permit;

    /** Of the client behind the proxy that the connection came from, if it is known. */
    private @Nullable Permit clientPermit;

    private @Nullable InetSocketAddress clientAddress;
    private @Nullable OpenConnection open;
    private @Nullable LoopWatch watch;
    private boolean ended;
    private boolean handshaking;

    /** A request is waited for, as soon as no handshake is. */
    private boolean requestAwaited;

    private final UnitsOfWork units = new UnitsOfWork();
    private boolean serving;
    private boolean served;
    private volatile boolean awaitsBody;
    private volatile boolean spoke;
    private volatile long bodyBytes;
    private volatile boolean closedByGuard;
    private volatile boolean readsHeld;
    private long readsHeldSinceNanos;
    private volatile boolean writesHeld;
    private volatile boolean windowsClosed;
    private boolean paced;

    private GuardedConnection(Channel channel, GuardedPort port) {
        this.channel = channel;
        this.port = port;
        this.attempts = port.attempts().ofConnection(Peers.address(channel), this);
    }

    /** A connection that has just been accepted. */
    static GuardedConnection accepted(Channel channel, GuardedPort port) {
        return new GuardedConnection(channel, port);
    }

    /** The connection of a channel, on its event loop; one that no acceptor has decided on is known from here on. */
    static GuardedConnection of(Channel channel, GuardedPort port) {
        GuardedConnection connection = channel.attr(KEY).get();
        if (connection == null) {
            connection = new GuardedConnection(channel, port);
            connection.keep();
        }
        connection.begin();
        return connection;
    }

    private void begin() {
        if (watch == null) {
            watch = port.watch(channel.eventLoop());
            watch.connectionAdded();
            // How long it may say nothing is its own business until somebody waits for a request.
            open = port.openConnections().add(attempts.connection(), !attempts.isOfOneClient(), this, Phase.UPGRADED);
        }
    }

    /** Ends what is kept of a channel that was closed without telling. */
    static void close(Channel channel) {
        GuardedConnection connection = channel.attr(KEY).get();
        if (connection != null) {
            connection.end();
        }
    }

    /** Keeps the right to be there until the channel is closed. */
    void keep(Permit held) {
        permit = held;
        keep();
    }

    private void keep() {
        channel.attr(KEY).set(this);
        channel.closeFuture().addListener(this);
    }

    /**
     * The connection, which came from a proxy, is that of this client.
     *
     * @return whether the client may have it
     */
    boolean identify(IpAddress client, int clientPort) {
        HttpAttempts.OfConnection ofClient = port.attempts().ofConnection(client, this);
        attempts = ofClient;
        clientAddress = new InetSocketAddress(client.toInetAddress(), clientPort);
        if (!(port.guard().identify(ofClient.connection()) instanceof Permit held)) {
            return false;
        }
        if (ended) {
            held.release(Outcome.IGNORED);
            return true;
        }
        clientPermit = held;
        OpenConnection asProxys = open;
        if (asProxys != null) {
            asProxys.closed();
            open = port.openConnections().add(held.attempt(), !ofClient.isOfOneClient(), this, asProxys.phase());
        }
        return true;
    }

    /** The address that a proxy has told; null when none has. */
    static @Nullable InetSocketAddress clientAddress(Channel channel) {
        GuardedConnection connection = channel.attr(KEY).get();
        return connection == null ? null : connection.clientAddress;
    }

    /** As a proxy has told, where one has. */
    @Override
    public @Nullable InetSocketAddress remote() {
        InetSocketAddress told = clientAddress;
        return told != null ? told : channel.remoteAddress() instanceof InetSocketAddress peer ? peer : null;
    }

    @Override
    public @Nullable InetSocketAddress local() {
        return channel.localAddress() instanceof InetSocketAddress own ? own : null;
    }

    Channel channel() {
        return channel;
    }

    HttpAttempts.OfConnection attempts() {
        return attempts;
    }

    /** Holds the connection to the cap on what its client sends or is sent, if there is one. */
    void capBandwidth() {
        if (port.openConnections().bandwidth().isCapped()) {
            BandwidthGuard.place(channel, port, this);
        }
    }

    boolean isOf(GuardedPort guardedPort) {
        return port == guardedPort;
    }

    /** The first request is waited for, from now on and for as long as the request timeout. */
    void waitForFirstRequest() {
        if (handshaking) {
            requestAwaited = true;
        } else if (!served) {
            enter(Phase.HEADER);
        } else if (!serving) {
            enter(Phase.IDLE);
        }
    }

    /** Nothing is in progress; another request is waited for, from now on and for as long as the idle timeout. */
    void waitForNextRequest() {
        waitForNextRequest(now());
    }

    /** The same at a time that was just read. */
    void waitForNextRequest(long nowNanos) {
        if (serving) {
            serving = false;
            awaitsBody(false);
            enter(Phase.IDLE, nowNanos);
        }
    }

    /** The end of a TLS handshake is waited for, and a request only then. */
    void handshakeBegins() {
        handshaking = true;
        requestAwaited = open != null && open.phase() == Phase.HEADER;
        enter(Phase.HANDSHAKE);
    }

    void handshakeEnds() {
        handshaking = false;
        enter(requestAwaited ? Phase.HEADER : Phase.UPGRADED);
    }

    boolean isClosedByGuard() {
        return closedByGuard;
    }

    /** A request has come, at a time that was just read. */
    void requestBegins(long nowNanos) {
        if (!serving) {
            serving = true;
            served = true;
            enter(Phase.SERVING, nowNanos);
        }
        loopIsUsed();
    }

    /** A request has come and is refused: unless others are in progress, the next one is waited for. */
    void requestRefused(long nowNanos) {
        if (!serving) {
            served = true;
            enter(Phase.IDLE, nowNanos);
        }
        loopIsUsed();
    }

    private void loopIsUsed() {
        if (watch != null) {
            watch.used();
        }
    }

    /** Decides on a unit of work that belongs to the connection; its permit ends with it at the latest. */
    Decision tryAdmit(Priority priority) {
        loopIsUsed();
        Decision decision = port.guard().tryAdmit(attempts.work(priority));
        if (decision instanceof Permit admitted) {
            units.add(admitted);
        }
        return decision;
    }

    /** Another protocol is spoken from now on; whoever guards its requests says what is waited for. */
    void upgraded() {
        serving = false;
        enter(Phase.UPGRADED);
    }

    /** Bytes have come, whatever becomes of them. */
    void speaks() {
        spoke = true;
    }

    /** Whether bytes of a request's body would be read at this moment. */
    void awaitsBody(boolean does) {
        if (awaitsBody != does) {
            awaitsBody = does;
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // written on the event loop alone
    void bodyBytesRead(int count) {
        if (count > 0) {
            bodyBytes += count;
        }
    }

    /** The client broke the rules of its protocol, or did in it what costs and brings nothing. */
    void misbehaved() {
        port.failed(attempts.connection(), Failure.PROTOCOL_ABUSE);
    }

    /** The client sent what is no HTTP, or none that can be read. */
    void malformed() {
        port.failed(attempts.connection(), Failure.MALFORMED_REQUEST);
    }

    /** The client does not read its answers. */
    void doesNotRead() {
        port.failed(attempts.connection(), Failure.TIMEOUT);
        close();
    }

    /** Nothing is read for the time being, because the client has sent more than it may. */
    void readsHeld(boolean are) {
        if (are) {
            readsHeldSinceNanos = now();
        } else if (readsHeld && open != null) {
            open.wasHeldUp(readsHeldSinceNanos, now());
        }
        readsHeld = are;
    }

    /** What was written waits, because the client has been sent as much as it may. */
    void writesHeld(boolean are) {
        writesHeld = are;
    }

    /** Whether all answers of an HTTP/2 connection wait for its client to open a window. */
    void windowsAreClosed(boolean are) {
        if (windowsClosed != are) {
            windowsClosed = are;
        }
    }

    boolean areWritesHeld() {
        return writesHeld;
    }

    /** Some of what is being sent has had to wait for the client's share. */
    void paced(boolean was) {
        paced = was;
    }

    /** How an exchange ends: how long one took that had to wait for its client's share says nothing of the service. */
    Outcome outcome(Outcome otherwise) {
        return paced && otherwise == Outcome.SUCCESS ? Outcome.IGNORED : otherwise;
    }

    @Override
    public boolean awaitsBody() {
        return awaitsBody && !readsHeld;
    }

    @Override
    public boolean awaitsReader() {
        return windowsClosed || (!channel.isWritable() && !writesHeld);
    }

    @Override
    public boolean isHeldUp() {
        return readsHeld;
    }

    /** Until its first bytes have been looked at, or its first body. */
    @Override
    public boolean isSilent() {
        return !spoke && bodyBytes == 0;
    }

    /** Those of bodies; nothing else is asked how fast it comes. */
    @Override
    public long bytesRead() {
        return bodyBytes;
    }

    /** By the housekeeper, because its time ran out or to make room. */
    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // told to the close future
    public void close() {
        closedByGuard = true;
        channel.close();
    }

    @Override
    public void operationComplete(ChannelFuture closed) {
        end();
    }

    private long now() {
        return port.guard().clock().nanoTime();
    }

    private void enter(Phase phase) {
        enter(phase, now());
    }

    private void enter(Phase phase, long nowNanos) {
        if (open != null) {
            open.enter(phase, nowNanos);
        }
    }

    private void end() {
        ended = true;
        if (watch != null) {
            watch.connectionRemoved();
            watch = null;
        }
        if (open != null) {
            open.closed();
        }
        port.unreadAnswers().closed(channel);
        units.release();
        Outcome outcome = closedByGuard ? Outcome.DROPPED : Outcome.IGNORED;
        if (clientPermit != null) {
            clientPermit.release(outcome);
        }
        if (permit != null) {
            permit.release(outcome);
        }
    }
}
