package io.portguard.rule;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Scheduler;
import com.github.benmanes.caffeine.cache.Ticker;
import io.portguard.Attempt;
import io.portguard.Client;
import io.portguard.ClientDirectory;
import io.portguard.ClientKey;
import io.portguard.NanoClock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The clients that are known, at most so many. Thread-safe. Backed by Caffeine, whose W-TinyLFU policy keeps
 * those that are seen often, so that a flood of addresses seen once does not drive out the others.
 *
 * <p>A client is forgotten when it has not been seen for ten minutes, or for as long as an empty bucket of its
 * needs to fill. The state of an evicted client that a connection still holds comes back into the table as soon
 * as it is used.
 */
public final class ClientTable implements ClientDirectory {

    private static final Duration MIN_MEMORY = Duration.ofMinutes(10);

    private final Cache<ClientKey, ClientState> states;
    private final NanoClock clock;

    /** A table of at most {@code maxTracked} clients. */
    public ClientTable(int maxTracked, NanoClock clock) {
        this.clock = clock;
        this.states = Caffeine.newBuilder()
                .maximumSize(maxTracked)
                .expireAfterAccess(MIN_MEMORY)
                .evictionListener((@Nullable ClientKey key, @Nullable ClientState state, RemovalCause cause) -> {
                    if (state != null) {
                        state.tracked(false);
                    }
                })
                .ticker(tickerOf(clock))
                .scheduler(Scheduler.disabledScheduler())
                // Maintenance is cheap and rare; on another thread it would cost more than it does here.
                .executor(Runnable::run)
                .build();
    }

    private static Ticker tickerOf(NanoClock clock) {
        return clock::nanoTime;
    }

    @Override
    public Client client(ClientKey key) {
        return state(key);
    }

    private ClientState state(ClientKey key) {
        ClientState known = states.getIfPresent(key);
        return known != null ? known : states.get(key, absent -> new ClientState(absent, clock.nanoTime()));
    }

    /** The state of the client behind an attempt. */
    ClientState stateOf(Attempt attempt) {
        if (attempt.client() instanceof ClientState state) {
            if (!state.isTracked()) {
                state.tracked(true);
                states.put(state.key(), state);
            }
            return state;
        }
        return state(attempt.client().key());
    }

    /** Keeps clients for at least this long after they were last seen. */
    public void rememberFor(Duration memory) {
        Duration atLeast = memory.compareTo(MIN_MEMORY) > 0 ? memory : MIN_MEMORY;
        states.policy()
                .expireAfterAccess()
                .map(Policy.FixedExpiration::getExpiresAfter)
                .filter(present -> !present.equals(atLeast))
                .flatMap(changed -> states.policy().expireAfterAccess())
                .ifPresent(expiration -> expiration.setExpiresAfter(atLeast));
    }

    public long size() {
        return states.estimatedSize();
    }

    /** The clients that have used the most lately, heaviest first. */
    public List<ClientUsage> top(int count) {
        long now = clock.nanoTime();
        return states.asMap().values().stream()
                .map(state -> new ClientUsage(state.key(), state.usage(now), state.requests(), state.connections()))
                .sorted(Comparator.comparingDouble(ClientUsage::usage)
                        .thenComparingInt(ClientUsage::connections)
                        .reversed())
                .limit(Math.max(0, count))
                .toList();
    }

    /** Drops those whose time is over; to be called now and then. */
    public void sweep() {
        states.cleanUp();
    }
}
