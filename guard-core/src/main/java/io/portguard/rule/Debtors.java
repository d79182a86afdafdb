package io.portguard.rule;

import io.portguard.ClientKey;
import java.util.Iterator;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The clients for which the table has no room and that must not be forgotten: they owe something, or something of
 * theirs is in progress. Thread-safe, without a lock that clients share.
 *
 * <p>Bounded: those who owe are at most so many, and where there are more, those who owe the least are forgotten.
 * Those with something in progress come on top; the service's own limits bound them.
 */
final class Debtors {

    /*
     * Who owes the least is found by sampling, as in Redis: a cursor goes round the map, and for each client that
     * comes while there is no room, the next few are looked at. Whoever owes nothing any more is dropped; if nobody
     * does, the one who owes least. One of the k-th part that owes most is dropped only when all others of a sample
     * are of that part as well, with a chance of k^-(SAMPLE - 1). A heap would be exact, and one lock for all.
     */

    private static final int SAMPLE = 16;

    private final ConcurrentMap<ClientKey, ClientState> states = new ConcurrentHashMap<>();
    private final int capacity;
    private final AtomicBoolean looking = new AtomicBoolean();
    private Iterator<ClientState> cursor = states.values().iterator();

    Debtors(int capacity) {
        this.capacity = capacity;
    }

    /** Takes in a client that the table has no room for, unless it may be forgotten. */
    void keep(ClientState state, long now) {
        if (state.owesNanos(now) > 0 || !state.forget()) {
            states.put(state.key(), state);
            if (states.size() > capacity) {
                dropSome(SAMPLE, true, now);
            }
        }
    }

    /** Gives a client back to the table; null when it is not here. */
    @Nullable
    ClientState take(ClientKey key) {
        return states.isEmpty() ? null : states.remove(key);
    }

    int size() {
        return states.size();
    }

    Stream<ClientState> stream() {
        return states.values().stream();
    }

    /** Drops those among the next {@code look} clients who owe nothing any more. */
    void sweep(int look, long now) {
        dropSome(Math.min(look, states.size()), false, now);
    }

    /** Whoever comes while another looks leaves it to the next: the map may be too large by as many as there are threads. */
    private void dropSome(int look, boolean oneAtLeast, long now) {
        if (!looking.compareAndSet(false, true)) {
            return;
        }
        try {
            ClientState least = null;
            long leastNanos = Long.MAX_VALUE;
            boolean dropped = false;
            for (int i = 0; i < look; i++) {
                ClientState state = next();
                if (state != null) {
                    state.settle(now);
                }
                long owes = state == null || state.isInProgress() ? Long.MAX_VALUE : state.owesNanos(now);
                if (state != null && owes <= 0) {
                    dropped |= drop(state);
                } else if (owes < leastNanos) {
                    least = state;
                    leastNanos = owes;
                }
            }
            if (oneAtLeast && !dropped && least != null) {
                drop(least);
            }
        } finally {
            looking.set(false);
        }
    }

    private @Nullable ClientState next() {
        if (!cursor.hasNext()) {
            cursor = states.values().iterator();
        }
        return cursor.hasNext() ? cursor.next() : null;
    }

    private boolean drop(ClientState state) {
        return ClientTable.forget(states, state);
    }
}
