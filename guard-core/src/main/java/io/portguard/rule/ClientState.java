package io.portguard.rule;

import io.portguard.Client;
import io.portguard.ClientKey;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

/**
 * What the rules remember of one client, in a few words changed by compare-and-set. Nothing here is shared
 * between clients.
 */
final class ClientState implements Client {

    /** The theoretical arrival time of the client's next request; see {@link TokenBucket}. */
    static final AtomicLongFieldUpdater<ClientState> REQUEST_BUCKET =
            AtomicLongFieldUpdater.newUpdater(ClientState.class, "requestBucket");

    /** The theoretical arrival time of the client's next connection. */
    static final AtomicLongFieldUpdater<ClientState> ACCEPT_BUCKET =
            AtomicLongFieldUpdater.newUpdater(ClientState.class, "acceptBucket");

    static final AtomicIntegerFieldUpdater<ClientState> REQUESTS =
            AtomicIntegerFieldUpdater.newUpdater(ClientState.class, "requests");

    static final AtomicIntegerFieldUpdater<ClientState> CONNECTIONS =
            AtomicIntegerFieldUpdater.newUpdater(ClientState.class, "connections");

    private static final AtomicLongFieldUpdater<ClientState> USAGE =
            AtomicLongFieldUpdater.newUpdater(ClientState.class, "usage");

    private static final AtomicIntegerFieldUpdater<ClientState> SEEN_IN =
            AtomicIntegerFieldUpdater.newUpdater(ClientState.class, "seenIn");

    private final ClientKey key;

    @SuppressWarnings("UnusedVariable") // read and written by REQUEST_BUCKET
    private volatile long requestBucket;

    @SuppressWarnings("UnusedVariable") // read and written by ACCEPT_BUCKET
    private volatile long acceptBucket;

    private volatile long usage;
    private volatile int requests;
    private volatile int connections;
    private volatile int seenIn;
    private volatile boolean tracked = true;

    ClientState(ClientKey key, long nowNanos) {
        this.key = key;
        this.requestBucket = nowNanos;
        this.acceptBucket = nowNanos;
        this.usage = Usage.none(nowNanos);
    }

    @Override
    public ClientKey key() {
        return key;
    }

    /** Whether the table holds this state; one that a connection still holds may have been evicted. */
    boolean isTracked() {
        return tracked;
    }

    void tracked(boolean is) {
        tracked = is;
    }

    int requests() {
        return requests;
    }

    int connections() {
        return connections;
    }

    /** What the client has used lately, as requests in progress on average; see {@link Usage}. */
    double usage(long nowNanos) {
        return Usage.at(usage, requests, nowNanos);
    }

    /** Brings the usage up to date; to be called before the number of requests in progress changes. */
    void accrue(long nowNanos) {
        long before = usage;
        // Whoever loses this race was overtaken by one that brought it up to date.
        USAGE.compareAndSet(this, before, Usage.accrued(before, requests, nowNanos));
    }

    /** Whether this is the first time the client is seen in this period. */
    boolean seenFirstIn(int period) {
        int before = seenIn;
        return before != period && SEEN_IN.compareAndSet(this, before, period);
    }

    @Override
    public String toString() {
        return key.toString();
    }
}
