package io.portguard.connection;

import java.time.Duration;

/**
 * How long connections may stay in their phases.
 *
 * @param handshakeNanos for a TLS handshake
 * @param headerNanos for the whole header of a request, however often bytes of it arrive
 * @param idleNanos between requests
 * @param minBytesPerSecond that a request's body keeps up on average while it is waited for; 0 for none
 */
public record ConnectionTimeouts(long handshakeNanos, long headerNanos, long idleNanos, long minBytesPerSecond) {

    /** Nothing ever times out. */
    public static final ConnectionTimeouts NONE =
            new ConnectionTimeouts(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, 0);

    private static final long MOST_NANOS = Duration.ofSeconds(1).toNanos();
    private static final int PRECISION = 8;

    /** How long a connection may stay in a phase; the highest number for as long as it likes. */
    long of(Phase phase) {
        return switch (phase) {
            case HANDSHAKE -> handshakeNanos;
            case HEADER -> headerNanos;
            case IDLE -> idleNanos;
            case SERVING, UPGRADED, ENDED -> Long.MAX_VALUE;
        };
    }

    /** How often to look: so that no timeout is late by more than an eighth of itself, and every second at least. */
    long lookEveryNanos() {
        return Math.min(MOST_NANOS, Math.min(handshakeNanos, Math.min(headerNanos, idleNanos)) / PRECISION);
    }
}
