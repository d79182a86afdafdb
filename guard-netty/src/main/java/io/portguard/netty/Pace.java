package io.portguard.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import io.portguard.connection.ClientBudget;
import io.portguard.connection.ClientBudget.Account;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that one connection moves in one direction, and how long it has to wait because its client has moved too many.
 * Confined to the event loop.
 */
final class Pace {

    /** So that a cap that is changed holds for those who wait after this time at the latest. */
    private static final long LOOK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final GuardedPort port;
    private final GuardedConnection connection;
    private final ClientBudget cap;
    private final Runnable onDue;
    private @Nullable Account account;
    private @Nullable Future<?> waiting;
    private int rate;
    private long dueNanos;
    private boolean closed;

    /** @param onDue is run when a wait is over */
    Pace(GuardedPort port, GuardedConnection connection, ClientBudget cap, Runnable onDue) {
        this.port = port;
        this.connection = connection;
        this.cap = cap;
        this.onDue = onDue;
    }

    /** Whether nothing need be counted. A proxy's connection is no one client's. */
    boolean isFree() {
        return cap.rate() == ClientBudget.NONE
                || closed
                || (account == null && connection.attempts().isOfProxy());
    }

    int rate() {
        return cap.rate();
    }

    boolean isWaiting() {
        return waiting != null;
    }

    /**
     * Bytes have been moved, or are about to be.
     *
     * @return whether they may be; if not, it is told when they may
     */
    boolean take(int bytes, ChannelHandlerContext context) {
        long now = port.guard().clock().nanoTime();
        rate = cap.rate();
        long wait = account().take(bytes, now);
        if (wait > 0) {
            dueNanos = now + wait;
            if (waiting == null) {
                look(context, wait);
            }
        }
        return waiting == null;
    }

    private Account account() {
        Account present = account;
        if (present == null) {
            present = cap.open(connection.attempts().connection().client().key());
            account = present;
        }
        return present;
    }

    private void look(ChannelHandlerContext context, long nanos) {
        waiting = context.executor()
                .schedule(() -> lookAgain(context), Math.min(nanos, LOOK_AGAIN_NANOS), TimeUnit.NANOSECONDS);
    }

    private void lookAgain(ChannelHandlerContext context) {
        waiting = null;
        long now = port.guard().clock().nanoTime();
        long left = cap.rescaled(rate, dueNanos - now);
        rate = cap.rate();
        dueNanos = now + left;
        if (left > 0) {
            look(context, left);
        } else {
            onDue.run();
        }
    }

    /** The connection has gone. */
    void close() {
        closed = true;
        if (waiting != null) {
            waiting.cancel(false);
            waiting = null;
        }
        if (account != null) {
            cap.close(account);
            account = null;
        }
    }
}
