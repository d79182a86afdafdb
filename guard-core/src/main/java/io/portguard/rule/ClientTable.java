package io.portguard.rule;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.portguard.Attempt;
import io.portguard.Client;
import io.portguard.ClientDirectory;
import io.portguard.ClientKey;
import io.portguard.NanoClock;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The clients that are known, at most so many and those with something in progress. Thread-safe. Backed by
 * Caffeine, whose W-TinyLFU policy keeps those that are seen often, so that a flood of addresses seen once does not
 * drive out the others.
 *
 * <p>A client is forgotten when it has not been seen for ten minutes and owes nothing: nothing of it is in progress,
 * its buckets are full, what it used lately has faded. When there is no room for it before that, it goes among the
 * {@link Debtors}, and where even they are too many, those who owe the least are forgotten first. A client that is not
 * known is always taken in.
 */
public final class ClientTable implements ClientDirectory {

    /*
     * A client's state is one object for as long as anything counts on it. It changes its place (cache, debtors)
     * only within the cache's own computation for its key, and it is forgotten only by ClientState.forget(), which
     * fails while something is in progress and is final. An attempt that holds a forgotten state finds the present
     * one by its key. So what was counted up is counted down on the same object, whatever was evicted between: if
     * the attempt's own state is forgotten, it was so before it was counted, and the one that was counted is still
     * known.
     *
     * Caffeine's expiry would cost every look-up a reading of the clock and every client a word. When a client was
     * last seen is in its usage already, so a cursor that goes round the table does for it.
     */

    private static final long IDLE_NANOS = TimeUnit.MINUTES.toNanos(10);
    private static final int DEBTORS_PART = 8;

    /** Clients looked at in a sweep: a hundred thousand in ten seconds. */
    private static final int SWEPT = 500;

    private final Cache<ClientKey, ClientState> cache;
    private final ConcurrentMap<ClientKey, ClientState> cached;
    private final Debtors debtors;
    private final NanoClock clock;
    private Iterator<ClientState> cursor;

    /** A table of at most {@code maxTracked} clients. */
    public ClientTable(int maxTracked, NanoClock clock) {
        this.clock = clock;
        int debtors = maxTracked / DEBTORS_PART;
        this.debtors = new Debtors(debtors);
        this.cache = Caffeine.newBuilder()
                .maximumSize(maxTracked - debtors)
                .evictionListener((@Nullable ClientKey key, @Nullable ClientState state, RemovalCause cause) -> {
                    if (state != null) {
                        this.debtors.keep(state, clock.nanoTime());
                    }
                })
                // Maintenance is cheap and rare; on another thread it would cost more than it does here.
                .executor(Runnable::run)
                .build();
        this.cached = cache.asMap();
        this.cursor = cached.values().iterator();
    }

    @Override
    public Client client(ClientKey key) {
        return state(key);
    }

    private ClientState state(ClientKey key) {
        ClientState known = cache.getIfPresent(key);
        return known != null ? known : cache.get(key, this::takeIn);
    }

    private ClientState takeIn(ClientKey key) {
        ClientState kept = debtors.take(key);
        return kept != null ? kept : new ClientState(key, clock.nanoTime());
    }

    /** The state of the client behind an attempt. */
    ClientState stateOf(Attempt attempt) {
        return attempt.client() instanceof ClientState state && !state.isForgotten()
                ? state
                : state(attempt.client().key());
    }

    /** The client behind an attempt makes requests; to be told once for a connection. */
    public void asks(Attempt attempt) {
        stateOf(attempt).asks(clock.nanoTime());
    }

    /** Whether it has made a request here since it is known, ten minutes at least. */
    public boolean hasAsked(Attempt attempt) {
        return stateOf(attempt).hasAsked();
    }

    /** Whether it made the first request that is known of it within so many nanoseconds before, a minute at most. */
    public boolean askedFirstWithin(long nanos, Attempt attempt) {
        return stateOf(attempt).askedFirstWithin(nanos, clock.nanoTime());
    }

    public long size() {
        return cache.estimatedSize() + debtors.size();
    }

    /** The clients that have used the most lately, heaviest first. */
    public List<ClientUsage> top(int count) {
        long now = clock.nanoTime();
        return Stream.concat(cached.values().stream(), debtors.stream())
                .map(state -> new ClientUsage(state.key(), state.usage(now), state.requests(), state.connections()))
                .sorted(Comparator.comparingDouble(ClientUsage::usage)
                        .thenComparingInt(ClientUsage::connections)
                        .reversed())
                .limit(Math.max(0, count))
                .toList();
    }

    /** Drops those whose time is over among the next few; to be called now and then, by one thread at a time. */
    public void sweep() {
        cache.cleanUp();
        long now = clock.nanoTime();
        for (long left = Math.min(SWEPT, cache.estimatedSize()); left > 0; left--) {
            if (!cursor.hasNext()) {
                cursor = cached.values().iterator();
            }
            ClientState state = cursor.hasNext() ? cursor.next() : null;
            if (state != null) {
                state.settle(now);
                if (state.notSeenForNanos(now) >= IDLE_NANOS && state.owesNanos(now) <= 0) {
                    forget(cached, state);
                }
            }
        }
        debtors.sweep(SWEPT, now);
    }

    /** Forgets a client unless something of it is in progress; returns whether it is forgotten. */
    static boolean forget(ConcurrentMap<ClientKey, ClientState> states, ClientState state) {
        return states.computeIfPresent(
                        state.key(), (key, present) -> present == state && state.forget() ? null : present)
                == null;
    }
}
