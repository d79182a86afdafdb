package io.portguard.netty;

import io.portguard.Outcome;
import io.portguard.Permit;
import io.portguard.wire.HandshakeFailure;
import org.jspecify.annotations.Nullable;

/**
 * The TLS handshake of one connection: the time it may take, the place it has among those in progress, and how it ended.
 * Confined to the event loop.
 */
final class TlsHandshake {

    private final GuardedPort port;
    private final GuardedConnection connection;
    private final long begunAtNanos;
    private @Nullable Permit permit;
    private boolean helloSeen;
    private boolean over;
    private int alert = -1;

    TlsHandshake(GuardedPort port, GuardedConnection connection) {
        this.port = port;
        this.connection = connection;
        this.begunAtNanos = port.guard().clock().nanoTime();
    }

    /** The connection is there: its handshake is waited for, and its first request only then. */
    void begin() {
        connection.handshakeBegins();
    }

    /** The client's hello has been read. */
    void helloSeen() {
        helloSeen = true;
    }

    /** The client has sent this alert, and in the clear. */
    void alert(int description) {
        alert = description;
    }

    /** The alert that the client has sent in the clear; -1 for none. */
    int alert() {
        return alert;
    }

    boolean isOver() {
        return over;
    }

    /** The handshake goes on, and has a place among those in progress for as long as it does. */
    void admitted(Permit held) {
        if (over) {
            held.release(Outcome.IGNORED);
        } else {
            permit = held;
        }
    }

    void succeeded() {
        if (end(Outcome.SUCCESS)) {
            connection.handshakeEnds();
        }
    }

    /** There will be none: the connection speaks without TLS, as it may. */
    void notNeeded() {
        if (end(Outcome.IGNORED)) {
            connection.handshakeEnds();
        }
    }

    /** Counts the failure, if it is the first. */
    void failed(HandshakeFailure cause) {
        HandshakeFailure why =
                cause == HandshakeFailure.CLOSED && connection.isClosedByGuard() ? closedByGuard() : cause;
        // One that ends before its hello was no handshake but a probe of the port, as load balancers send them.
        boolean begun = helloSeen || why != HandshakeFailure.CLOSED;
        if (end(Outcome.IGNORED) && begun) {
            port.checks().failed(connection.attempts().connection(), why);
        }
    }

    /** Its time ran out, or its place was needed for another. */
    private HandshakeFailure closedByGuard() {
        long took = port.guard().clock().nanoTime() - begunAtNanos;
        return took >= port.checks().handshakeTimeoutNanos() ? HandshakeFailure.TIMEOUT : HandshakeFailure.REFUSED;
    }

    private boolean end(Outcome outcome) {
        boolean first = !over;
        over = true;
        Permit held = permit;
        permit = null;
        if (held != null) {
            held.release(outcome);
        }
        return first;
    }
}
