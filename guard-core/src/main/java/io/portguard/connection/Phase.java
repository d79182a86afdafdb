package io.portguard.connection;

/** What an open connection is doing, as far as it matters for how long it may go on. */
public enum Phase {
    /** A TLS handshake goes on. */
    HANDSHAKE,
    /** The header of a request is awaited, and nothing else: on a new connection, or on a kept one that began it. */
    HEADER,
    /** Kept open between requests. */
    IDLE,
    /** At least one request is in progress. */
    SERVING,
    /** No HTTP any more, a WebSocket for instance; how long it may be silent is its own business. */
    UPGRADED,
    /** About to be closed on the guard's account. */
    ENDED;

    private static final Phase[] ALL = values();

    /** Whether the connection waits for its peer alone, with no request in progress, and may be closed for another. */
    boolean waits() {
        return this == HANDSHAKE || this == HEADER || this == IDLE;
    }

    static Phase of(int ordinal) {
        return ALL[ordinal];
    }
}
