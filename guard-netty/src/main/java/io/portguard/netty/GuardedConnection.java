package io.portguard.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.util.AttributeKey;
import io.portguard.Outcome;
import io.portguard.Permit;
import io.portguard.http.HttpAttempts;
import org.jspecify.annotations.Nullable;

/**
 * What the guard keeps of one connection for as long as it is open: who it is from, and the right to be there.
 * Handed from the acceptor's event loop to the connection's own when that registers the channel.
 */
final class GuardedConnection implements ChannelFutureListener {

    private static final AttributeKey<GuardedConnection> KEY =
            AttributeKey.valueOf(GuardedConnection.class, "connection");

    private final HttpAttempts.OfConnection attempts;
    private @Nullable Permit permit;
    private Outcome outcome = Outcome.IGNORED;

    GuardedConnection(HttpAttempts.OfConnection attempts) {
        this.attempts = attempts;
    }

    /** The connection of a channel; one that no acceptor has decided on is known from here on. */
    static GuardedConnection of(Channel channel, GuardedPort port) {
        GuardedConnection connection = channel.attr(KEY).get();
        if (connection == null) {
            connection = new GuardedConnection(port.attempts().ofConnection(Peers.address(channel)));
            channel.attr(KEY).set(connection);
        }
        return connection;
    }

    /** Ends what is kept of a channel that was closed without telling. */
    static void close(Channel channel) {
        GuardedConnection connection = channel.attr(KEY).get();
        if (connection != null) {
            connection.release();
        }
    }

    void keepOn(Channel channel, Permit held) {
        permit = held;
        channel.attr(KEY).set(this);
        channel.closeFuture().addListener(this);
    }

    HttpAttempts.OfConnection attempts() {
        return attempts;
    }

    /** The connection is about to be closed because its time ran out. */
    void timedOut() {
        outcome = Outcome.DROPPED;
    }

    @Override
    public void operationComplete(ChannelFuture closed) {
        release();
    }

    private void release() {
        if (permit != null) {
            permit.release(outcome);
        }
    }
}
