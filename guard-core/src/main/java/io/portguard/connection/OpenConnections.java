package io.portguard.connection;

import io.portguard.Attempt;
import io.portguard.ClientKey;
import io.portguard.NanoClock;
import io.portguard.Reason;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The open connections of a port. It ends those whose time is over, those that are idle when the port drains, and,
 * when there is no room for another, those that wait for nothing but their peer, the heaviest holder's first.
 * Thread-safe.
 */
public final class OpenConnections {

    /** More than any client, or any house behind one address, has a reason for. */
    private static final int ABANDONED_PER_SECOND = 100;

    private static final Duration ABANDONED_BURST = Duration.ofSeconds(10);

    private final Set<OpenConnection> open = ConcurrentHashMap.newKeySet();
    private final NanoClock clock;
    private final Bandwidth bandwidth;
    private final ClientBudget abandoned;
    private final Ended ended;
    private final Reclaim waiting =
            new Reclaim(open, OpenConnection::isWaiting, 0, (clients, heaviest, held, now) -> {});
    private final StalledRequests stalled = new StalledRequests(open);
    /** Made once: those who are refused ask with it. */
    private final Reclaim.Ending forRequest = this::endForRequest;

    private volatile ConnectionTimeouts timeouts = ConnectionTimeouts.NONE;
    private volatile boolean enforcing = true;
    private volatile boolean draining;
    private boolean looked;
    private long lookedAtNanos;

    /** @param ended is told of every connection that is about to be ended */
    public OpenConnections(NanoClock clock, Ended ended) {
        this.clock = clock;
        this.bandwidth = new Bandwidth(clock);
        this.abandoned = new ClientBudget(clock, ABANDONED_BURST);
        this.abandoned.rate(ABANDONED_PER_SECOND);
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
        if (open.remove(connection) && connection.isWithoutRequest(connection.phase())) {
            ended.leftWithoutRequest(connection);
        }
    }

    public int size() {
        return open.size();
    }

    /** Whether a client has made a request on any of them; looks at all. */
    public boolean areUsedBy(ClientKey client) {
        for (OpenConnection connection : open) {
            if (connection.hadRequest() && connection.holder().equals(client)) {
                return true;
            }
        }
        return false;
    }

    /** The sockets of those that are open at some moment of the call. */
    public void forEachSocket(Consumer<GuardedSocket> action) {
        open.forEach(connection -> action.accept(connection.socket()));
    }

    /** How much each client may send and be sent. */
    public Bandwidth bandwidth() {
        return bandwidth;
    }

    /**
     * How many requests each client may abandon, by resetting HTTP/2 streams, before they are answered: 100 a second, 1,000
     * at once.
     */
    public ClientBudget abandoned() {
        return abandoned;
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
        bandwidth.sweep(now);
        abandoned.sweep(now);
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
        return enforcing && waiting.makeRoomFor(newcomer.client().key(), now, this::endForConnection);
    }

    /**
     * Ends a request that waits for nothing but its peer, which sends its body or reads its answer too slowly, of
     * whoever has more of them than the client of this attempt, by more than a few.
     *
     * @return whether the newcomer may have the place of the one that was ended
     */
    public boolean makePlaceFor(Attempt newcomer, long now) {
        return enforcing && stalled.makePlaceFor(newcomer.client().key(), now, forRequest);
    }

    /** Whether no request was found that waits for nothing but its peer, a tenth of a second ago at most. */
    public boolean hasNothingStalled(long now) {
        return !enforcing || stalled.hasNothing(now);
    }

    /**
     * How many requests that wait for nothing but their peer are left alone, one of a client at most; the service does
     * nothing for them. 0 to 32; found out while {@link #makePlaceFor} is asked, and forgotten after a second.
     */
    public int setAside(long now) {
        return enforcing ? stalled.setAside(now) : 0;
    }

    /**
     * Whether the client of this attempt has, within the last two seconds, held at least half of the places with more
     * than one request that waited for nothing but itself.
     *
     * @param inFlight how many places are taken now
     */
    public boolean isKeptOut(Attempt newcomer, int inFlight, long now) {
        return enforcing && stalled.isKeptOut(newcomer.client(), inFlight, now);
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

    void firstRequest(OpenConnection connection) {
        ended.firstRequest(connection);
    }

    long nanoTime() {
        return clock.nanoTime();
    }

    /** Is told what came of connections. */
    @FunctionalInterface
    public interface Ended {

        /**
         * Is told before the connection is closed.
         *
         * @param was what the connection did until now
         */
        void ended(OpenConnection connection, Phase was, Reason reason);

        /** Is told of a connection that was closed, not by the guard, before a whole request had come. */
        default void leftWithoutRequest(OpenConnection connection) {}

        /** Is told of the first request on a connection. */
        default void firstRequest(OpenConnection connection) {}
    }
}
