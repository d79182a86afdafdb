package io.portguard.netty;

import io.netty.handler.codec.http2.Http2Exception;
import io.portguard.Mode;
import io.portguard.connection.ClientBudget;
import io.portguard.connection.ClientBudget.Account;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The requests that the client of one HTTP/2 connection resets before they are answered. They have a budget over all its
 * connections, so that connecting again brings nothing. Confined to the event loop.
 */
final class AbandonedRequests {

    private static final Duration AFTER_A_FLOOD = Duration.ofSeconds(10);

    private final GuardedPort port;
    private final GuardedConnection connection;
    private final ClientBudget budget;
    private @Nullable Account account;
    private boolean closed;

    AbandonedRequests(GuardedPort port, GuardedConnection connection) {
        this.port = port;
        this.connection = connection;
        this.budget = port.openConnections().abandoned();
    }

    /**
     * A request was reset that is in progress.
     *
     * @throws Http2Exception when there are too many, to end the connection
     */
    void one() throws Http2Exception {
        Account counted = account();
        if (counted != null && counted.take(1, now()) > 0 && port.guard().mode() == Mode.ENFORCE) {
            throw new Http2Flood("Too many requests were reset");
        }
    }

    /** The connection was ended because of what the client did on it: for a while the next ones end at the first reset. */
    void noMore() {
        Account counted = account();
        if (counted != null) {
            counted.overdraw(AFTER_A_FLOOD, now());
        }
    }

    /** Null for a proxy's connection, which is no one client's, and when there is none any more. */
    private @Nullable Account account() {
        if (account == null && !closed && !connection.attempts().isOfProxy()) {
            account = budget.open(connection.attempts().connection().client().key());
        }
        return closed ? null : account;
    }

    private long now() {
        return port.guard().clock().nanoTime();
    }

    void close() {
        closed = true;
        if (account != null) {
            budget.close(account);
        }
    }
}
