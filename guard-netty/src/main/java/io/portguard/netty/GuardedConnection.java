package io.portguard.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.util.AttributeKey;
import io.portguard.IpAddress;
import io.portguard.Outcome;
import io.portguard.Permit;
import io.portguard.http.HttpAttempts;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What the guard keeps of one connection for as long as it is open: who it is from, the right to be there, and
 * since when it waits for a request. Handed from the acceptor's event loop to the connection's own when that
 * registers the channel; confined to it from then on.
 */
final class GuardedConnection implements ChannelFutureListener {

    private static final AttributeKey<GuardedConnection> KEY =
            AttributeKey.valueOf(GuardedConnection.class, "connection");

    private final Channel channel;
    private final WaitList.Entry wait = new WaitList.Entry(this::timeOut);
    private HttpAttempts.OfConnection attempts;
    private @Nullable Permit permit;

    /** Of the client behind the proxy that the connection came from, if it is known. */
    private @Nullable Permit clientPermit;

    private @Nullable InetSocketAddress clientAddress;
    private @Nullable LoopWatch watch;
    private boolean ended;
    private Outcome outcome = Outcome.IGNORED;

    private GuardedConnection(Channel channel, GuardedPort port) {
        this.channel = channel;
        this.attempts = port.attempts().ofConnection(Peers.address(channel));
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
        if (connection.watch == null) {
            connection.watch = port.watch(channel.eventLoop());
            connection.watch.connectionAdded();
        }
        return connection;
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
    boolean identify(GuardedPort port, IpAddress client, int clientPort) {
        HttpAttempts.OfConnection ofClient = port.attempts().ofConnection(client);
        attempts = ofClient;
        clientAddress = new InetSocketAddress(client.toInetAddress(), clientPort);
        if (!(port.guard().identify(ofClient.connection()) instanceof Permit held)) {
            return false;
        }
        if (ended) {
            held.release(Outcome.IGNORED);
        } else {
            clientPermit = held;
        }
        return true;
    }

    /** The address that a proxy has told; null when none has. */
    static @Nullable InetSocketAddress clientAddress(Channel channel) {
        GuardedConnection connection = channel.attr(KEY).get();
        return connection == null ? null : connection.clientAddress;
    }

    HttpAttempts.OfConnection attempts() {
        return attempts;
    }

    /** The first request is waited for, from now on and for as long as the request timeout. */
    void waitForFirstRequest() {
        if (watch != null && !wait.isWaiting()) {
            watch.waitForFirstRequest(wait);
        }
    }

    /** Another request is waited for, from now on and for as long as the idle timeout. */
    void waitForNextRequest() {
        if (watch != null && !wait.isWaiting()) {
            watch.waitForNextRequest(wait);
        }
    }

    /** A request has come, or none is waited for any more; returns whether one was. */
    boolean endWait() {
        boolean waited = wait.isWaiting();
        wait.remove();
        return waited;
    }

    /** The end of a TLS handshake is waited for, from now on and for as long as its timeout. */
    void waitForHandshake(WaitList.Entry handshake) {
        if (watch != null) {
            watch.waitForHandshake(handshake);
        }
    }

    /** The client broke the rules of its protocol, or did in it what costs and brings nothing. */
    void misbehaved() {}

    /** Closes the connection because its time ran out. */
    @SuppressWarnings("FutureReturnValueIgnored") // told to the close future
    void timeOut() {
        outcome = Outcome.DROPPED;
        channel.close();
    }

    @Override
    public void operationComplete(ChannelFuture closed) {
        end();
    }

    private void end() {
        ended = true;
        endWait();
        if (watch != null) {
            watch.connectionRemoved();
            watch = null;
        }
        if (clientPermit != null) {
            clientPermit.release(outcome);
        }
        if (permit != null) {
            permit.release(outcome);
        }
    }
}
