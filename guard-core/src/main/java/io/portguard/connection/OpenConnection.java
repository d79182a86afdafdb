package io.portguard.connection;

import io.portguard.Attempt;
import io.portguard.ClientKey;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

/**
 * One open connection: whose it is, what it is doing, and since when. Thread-safe; its adapter says when the phase
 * changes, and the guard's housekeeper and whoever accepts look at it.
 */
public final class OpenConnection {

    private static final AtomicLongFieldUpdater<OpenConnection> STATE =
            AtomicLongFieldUpdater.newUpdater(OpenConnection.class, "state");
    private static final long STALLED_NANOS = Duration.ofMillis(100).toNanos();
    private static final int PHASE_BITS = 3;
    private static final int PHASE_MASK = (1 << PHASE_BITS) - 1;

    private final OpenConnections all;
    private final Attempt attempt;
    private final boolean ofManyClients;
    private final GuardedSocket socket;

    /** The phase, and above it when it began: one word, so that both are always of the same moment. */
    private volatile long state;

    /** For the housekeeper alone. */
    private final BodyRate bodyRate = new BodyRate();

    private volatile boolean hadRequest;
    private long idleState;
    private long bytesWhenIdle;

    OpenConnection(
            OpenConnections all, Attempt attempt, boolean ofManyClients, GuardedSocket socket, Phase phase, long now) {
        this.all = all;
        this.attempt = attempt;
        this.ofManyClients = ofManyClients;
        this.socket = socket;
        this.state = state(phase, now);
    }

    /** What was admitted when the connection was opened. */
    public Attempt attempt() {
        return attempt;
    }

    public Phase phase() {
        return phase(state);
    }

    /** The connection enters a phase now; nothing when the guard has ended it. */
    public void enter(Phase phase) {
        enter(phase, all.nanoTime());
    }

    /**
     * The same at a time that was just read.
     *
     * @param nowNanos from the guard's clock
     */
    public void enter(Phase phase, long nowNanos) {
        long before = state;
        if (phase(before) != Phase.ENDED) {
            STATE.compareAndSet(this, before, state(phase, nowNanos));
            noteRequest(phase);
        }
    }

    private void noteRequest(Phase phase) {
        if ((phase == Phase.SERVING || phase == Phase.IDLE) && !hadRequest) {
            hadRequest = true;
            all.firstRequest(this);
        }
    }

    /** Enters a phase if it is in this one now. */
    public void enter(Phase phase, Phase from) {
        long before = state;
        if (phase(before) == from) {
            STATE.compareAndSet(this, before, state(phase, all.nanoTime()));
            noteRequest(phase);
        }
    }

    /**
     * The server itself has not read from the connection for a while; that is no part of the time that it may stay in its
     * phase.
     *
     * @param sinceNanos when that began, from the guard's clock
     * @param untilNanos when it ended
     */
    public void wasHeldUp(long sinceNanos, long untilNanos) {
        long before = state;
        Phase phase = phase(before);
        if (phase != Phase.ENDED) {
            long since = since(before);
            long counted = since - sinceNanos > 0 ? since : sinceNanos;
            STATE.compareAndSet(this, before, state(phase, since + untilNanos - counted));
        }
    }

    /** The connection has been closed, by whomever. */
    public void closed() {
        all.remove(this);
    }

    /** Whether the peer has not said a word. */
    public boolean isSilent() {
        return socket.isSilent();
    }

    /** How long it has been in its phase. */
    public long inPhaseNanos() {
        return all.nanoTime() - since(state);
    }

    /** How many bytes have come. */
    public long bytesRead() {
        return socket.bytesRead();
    }

    /** Whether a whole request was waited for in this phase and none has come before. */
    public boolean isWithoutRequest(Phase in) {
        return !ofManyClients && !hadRequest && (in == Phase.HANDSHAKE || in == Phase.HEADER);
    }

    boolean hadRequest() {
        return hadRequest;
    }

    GuardedSocket socket() {
        return socket;
    }

    ClientKey holder() {
        return attempt.client().key();
    }

    long state() {
        return state;
    }

    /**
     * Whether it may be closed to make room for another connection; never when it carries the requests of many clients, as a
     * proxy's does.
     */
    boolean isWaiting(long observed, long now) {
        return !ofManyClients && !attempt.exempt() && phase(observed).waits();
    }

    /** Whether it serves a request that has taken a while and waits for nothing but its peer. */
    boolean isStalled(long observed, long now) {
        return !ofManyClients
                && !attempt.exempt()
                && phase(observed) == Phase.SERVING
                && now - since(observed) > STALLED_NANOS
                && (socket.awaitsBody() || socket.awaitsReader());
    }

    boolean isOverdue(long observed, ConnectionTimeouts timeouts, long now) {
        Phase phase = phase(observed);
        if (phase == Phase.SERVING) {
            return timeouts.minBytesPerSecond() > 0
                    && bodyRate.isBelow(
                            timeouts.minBytesPerSecond(), observed, socket.awaitsBody(), socket.bytesRead(), now);
        }
        if (phase == Phase.IDLE && beginsHeader(observed)) {
            enter(Phase.HEADER, Phase.IDLE);
            return false;
        }
        return phase != Phase.ENDED && !socket.isHeldUp() && now - since(observed) > timeouts.of(phase);
    }

    /** Whether bytes have come since the connection was seen idle: not every adapter is told of the first ones. */
    private boolean beginsHeader(long observed) {
        long bytes = socket.bytesRead();
        if (observed != idleState) {
            idleState = observed;
            bytesWhenIdle = bytes;
        }
        return bytes > bytesWhenIdle;
    }

    /** Ends the connection, which is to be closed then, if it is still as it was observed; returns whether it was. */
    boolean end(long observed, long now) {
        return STATE.compareAndSet(this, observed, state(Phase.ENDED, now));
    }

    void close() {
        socket.close();
    }

    static Phase phase(long state) {
        return Phase.of((int) state & PHASE_MASK);
    }

    static long since(long state) {
        return state >> PHASE_BITS;
    }

    private static long state(Phase phase, long now) {
        return now << PHASE_BITS | phase.ordinal();
    }

    @Override
    public String toString() {
        return phase() + " of " + holder();
    }
}
