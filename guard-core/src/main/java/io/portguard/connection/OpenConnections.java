package io.portguard.connection;

import io.portguard.Attempt;
import io.portguard.NanoClock;
import io.portguard.Reason;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The open connections of a port. It ends those whose time is over, those that are idle when the port drains, and,
 * when there is no room for another, those that wait for nothing but their peer, the heaviest holder's first.
 * Thread-safe.
 */
public final class OpenConnections {

    /** How many requests a client may have that wait for nothing but itself, however short places are. */
    private static final int STALLED_REQUESTS_SPARED = 1;

    private final Set<OpenConnection> open = ConcurrentHashMap.newKeySet();
    private final NanoClock clock;
    private final Ended ended;
    private final Reclaim waiting = new Reclaim(open, OpenConnection::isWaiting, 0, this::endForConnection);
    private final Reclaim stalled =
            new Reclaim(open, OpenConnection::isStalled, STALLED_REQUESTS_SPARED, this::endForRequest);
    private volatile ConnectionTimeouts timeouts = ConnectionTimeouts.NONE;
    private volatile boolean enforcing = true;
    private volatile boolean draining;
    private boolean looked;
    private long lookedAtNanos;

    /** @param ended is told of every connection that is about to be ended */
    public OpenConnections(NanoClock clock, Ended ended) {
        this.clock = clock;
        this.ended = ended;
    }

    /**
     * An admitted connection has been opened; {@link OpenConnection#closed()} is to be called when it has closed.
     *
     * @param ofManyClients whether it carries the requests of several clients, as a trusted proxy's does
     */
    public OpenConnection add(Attempt attempt, boolean ofManyClients, GuardedSocket socket, Phase phase) {
        OpenConnection connection = new OpenConnection(this, attempt, ofManyClients, socket, phase, clock.nanoTime());
        open.add(connection);
        return connection;
    }

    void remove(OpenConnection connection) {
        if (open.remove(connection) && connection.isWithoutRequest()) {
            ended.leftWithoutRequest(connection);
        }
    }

    public int size() {
        return open.size();
    }

    /** How long connections may stay in their phases; while the guard does not enforce, nothing is ended. */
    public void configure(ConnectionTimeouts changed, boolean enforces) {
        timeouts = changed;
        enforcing = enforces;
    }

    /** Ends idle connections from now on as soon as they are, or, with false, no longer. */
    public void draining(boolean is) {
        draining = is;
    }

    /** Ends those whose time is over; to be called often, it looks at them at the pace of the timeouts. */
    public void sweep(long now) {
        ConnectionTimeouts present = timeouts;
        if (!enforcing || (looked && now - lookedAtNanos < present.lookEveryNanos() && !draining)) {
            return;
        }
        looked = true;
        lookedAtNanos = now;
        boolean drains = draining;
        for (OpenConnection connection : open) {
            long state = connection.state();
            if (drains && OpenConnection.phase(state) == Phase.IDLE) {
                end(connection, state, Reason.DRAINING, now);
            } else if (connection.isOverdue(state, present, now)) {
                end(connection, state, Reason.TIMEOUT, now);
            }
        }
    }

    /**
     * Ends a waiting connection of whoever holds more of them than the client of this attempt, if anybody does.
     *
     * @return whether the newcomer may have the place of the one that was ended
     */
    public boolean makeRoomFor(Attempt newcomer, long now) {
        return enforcing && waiting.makeRoomFor(newcomer.client().key(), now);
    }

    /**
     * Ends a request that waits for nothing but its peer, which sends its body or reads its answer too slowly, of
     * whoever has more of them than the client of this attempt, by more than a few.
     *
     * @return whether the newcomer may have the place of the one that was ended
     */
    public boolean makePlaceFor(Attempt newcomer, long now) {
        return enforcing && stalled.makeRoomFor(newcomer.client().key(), now);
    }

    /** Whether {@link #makePlaceFor} may find anything to end: quick to tell, as everybody asks who is refused. */
    public boolean mayMakePlace(long now) {
        return enforcing && stalled.mayMakeRoom(now);
    }

    private boolean end(OpenConnection connection, long observed, Reason reason, long now) {
        if (!connection.end(observed, now)) {
            return false;
        }
        // Before it is closed, so that it has been counted when anybody sees it closed.
        ended.ended(connection, OpenConnection.phase(observed), reason);
        connection.close();
        return true;
    }

    private boolean endForConnection(OpenConnection connection, long observed, long now) {
        return end(connection, observed, Reason.CONNECTIONS, now);
    }

    private boolean endForRequest(OpenConnection connection, long observed, long now) {
        return end(connection, observed, Reason.TIMEOUT, now);
    }

    long nanoTime() {
        return clock.nanoTime();
    }

    /** Is told that a connection is about to be ended. */
    @FunctionalInterface
    public interface Ended {

        /**
         * Is told before the connection is closed.
         *
         * @param was what the connection did until now
         */
        void ended(OpenConnection connection, Phase was, Reason reason);

        /** Is told of a connection that was closed, not by the guard, without a byte from its peer. */
        default void leftWithoutRequest(OpenConnection connection) {}
    }
}
