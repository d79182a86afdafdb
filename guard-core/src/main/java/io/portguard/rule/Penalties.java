package io.portguard.rule;

import io.portguard.Attempt;
import io.portguard.Client;
import io.portguard.ClientKey;
import io.portguard.Failure;
import io.portguard.NanoClock;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Counts failures against the clients that cause them: a score that is forgiven with time, above one threshold a lower
 * rate, above another a ban. Thread-safe; takes no lock that clients share, and keeps nothing of a client but its score,
 * a word in the client table, and its ban. Without a threshold nothing is kept at all.
 *
 * <p>A client of many (an office behind one address) fails more often than one of one, so there is no threshold unless
 * somebody who knows the clients sets one.
 */
public final class Penalties {

    private final ClientTable clients;
    private final BanRule bans;
    private final Spared spared;
    private final NanoClock clock;
    private final LongAdder[] failures = new LongAdder[Failure.values().length];
    private volatile PenaltyPolicy policy = PenaltyPolicy.NONE;
    private volatile ObjLongConsumer<ClientKey> onBan = (client, seconds) -> {};

    Penalties(ClientTable clients, BanRule bans, Spared spared, NanoClock clock) {
        this.clients = clients;
        this.bans = bans;
        this.spared = spared;
        this.clock = clock;
        for (int i = 0; i < failures.length; i++) {
            failures[i] = new LongAdder();
        }
    }

    /** Judges by this policy from now on; scores go on as they are. */
    public void policy(PenaltyPolicy policy) {
        this.policy = policy;
    }

    /** Tells of each ban for how many seconds it is. */
    public void onBan(ObjLongConsumer<ClientKey> listener) {
        onBan = listener;
    }

    /** A client failed by its own doing. */
    public void failed(Attempt attempt, Failure failure) {
        failures[failure.ordinal()].increment();
        PenaltyPolicy present = policy;
        if (present.punishes()) {
            punish(attempt, present.penaltyNanos(failure), present);
        }
    }

    /** A request that was admitted was answered with this status. */
    public void answered(Attempt attempt, int status) {
        PenaltyPolicy present = policy;
        if (present.punishes()) {
            punish(attempt, present.penaltyNanos(status), present);
        }
    }

    /** Whether it is never punished: exempt, allowed, a proxy, or without an address. */
    public boolean spares(Attempt attempt) {
        return spared.contains(attempt);
    }

    private void punish(Attempt attempt, long penaltyNanos, PenaltyPolicy present) {
        if (penaltyNanos == 0 || spared.contains(attempt)) {
            return;
        }
        long now = clock.nanoTime();
        ClientState client = clients.stateOf(attempt);
        if (present.bans(client.punish(penaltyNanos, now))) {
            long seconds = bans.banForFailures(client.key(), present.banNanos(), now);
            if (seconds > 0) {
                onBan.accept(client.key(), seconds);
            }
        }
    }

    /** How often clients failed so since the guard was built. */
    public long failures(Failure failure) {
        return failures[failure.ordinal()].sum();
    }

    /** The points that a client has at present. */
    public long points(Client client) {
        return client instanceof ClientState state ? policy.points(state.scoreNanos(clock.nanoTime())) : 0;
    }

    /** Forgives a client all its points. */
    public void forgive(Client client) {
        if (client instanceof ClientState state) {
            state.forgive();
        }
    }

    /** Whether clients may be slowed down. */
    boolean slows() {
        return policy.slows();
    }

    /** The token bucket of a client that is slowed down; null when it is not. */
    @Nullable
    TokenBucket slow(ClientState client, long now) {
        PenaltyPolicy present = policy;
        return present.slows() ? present.slow(client.scoreNanos(now)) : null;
    }
}
