package io.portguard.netty;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.portguard.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * A guard of what is asked and answered on one connection, in turn: what those of HTTP/1.1 and of other protocols' messages
 * have in common. Confined to the channel's event loop.
 *
 * @param <A> what refusals are answered with
 */
abstract class ExchangeGuard<A> extends ChannelDuplexHandler {

    /** How many refusals wait behind an answer; a client that sends more without reading is shown the door. */
    static final int MAX_WAITING_REFUSALS = 100;

    final GuardedPort port;
    final Exchanges<A> exchanges;
    private @Nullable GuardedConnection connection;

    ExchangeGuard(GuardedPort port) {
        this.port = port;
        this.exchanges = new Exchanges<>(port.guard().clock(), this::allEnded, this::outcome);
    }

    /** Nothing that was asked is in progress any more. */
    abstract void allEnded(long nowNanos);

    @Override
    public final void handlerAdded(ChannelHandlerContext added) {
        if (added.channel().isActive()) {
            begin(added);
        }
    }

    @Override
    public final void channelActive(ChannelHandlerContext active) {
        begin(active);
        active.fireChannelActive();
    }

    private Outcome outcome(Outcome ofAnswer) {
        GuardedConnection present = connection;
        return present == null ? ofAnswer : present.outcome(ofAnswer);
    }

    /** The connection, whose first request is waited for from the first call on. */
    final GuardedConnection begin(ChannelHandlerContext begun) {
        GuardedConnection present = connection;
        if (present == null) {
            present = GuardedConnection.of(begun.channel(), port);
            connection = present;
            present.waitForFirstRequest();
        }
        return present;
    }

    /** The same; null when it has not begun. */
    final @Nullable GuardedConnection connection() {
        return connection;
    }

    final long now() {
        return port.guard().clock().nanoTime();
    }

    @Override
    public final void channelInactive(ChannelHandlerContext inactive) {
        exchanges.endAll(Outcome.IGNORED);
        inactive.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext removed) {
        exchanges.endAll(Outcome.IGNORED);
    }
}
