package io.portguard.rule;

import io.portguard.Attempt;
import io.portguard.ClientKey;
import io.portguard.Reason;
import io.portguard.Rule;
import io.portguard.Verdict;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A token bucket for all, or one for each client. Inactive without a rate. A refused attempt takes no token, so who
 * asks too often still gets its rate. A client that is slowed down for its failures has a smaller bucket.
 */
final class RateRule implements Rule {

    private final Reason reason;
    private final Function<Attempt, ClientState> owner;
    private final AtomicLongFieldUpdater<ClientState> bucket;

    /** Null for the bucket of all. */
    private final @Nullable Penalties penalties;

    private volatile @Nullable TokenBucket parameters;

    private RateRule(
            Reason reason,
            Function<Attempt, ClientState> owner,
            AtomicLongFieldUpdater<ClientState> bucket,
            @Nullable Penalties penalties) {
        this.reason = reason;
        this.owner = owner;
        this.bucket = bucket;
        this.penalties = penalties;
    }

    /** One bucket for all, as if all were one client. */
    static RateRule ofAll(Reason reason, long nowNanos) {
        ClientState all = new ClientState(ClientKey.named("all"), nowNanos);
        return new RateRule(reason, attempt -> all, ClientState.ACCEPT_BUCKET, null);
    }

    /** The bucket that each client has in this field. */
    static RateRule ofClients(
            Reason reason, ClientTable clients, AtomicLongFieldUpdater<ClientState> bucket, Penalties penalties) {
        return new RateRule(reason, clients::stateOf, bucket, penalties);
    }

    /** Sets rate and burst; null for no limit. */
    void parameters(@Nullable TokenBucket parameters) {
        this.parameters = parameters;
    }

    @Override
    public String name() {
        return reason.text();
    }

    @Override
    public boolean active() {
        return parameters != null || (penalties != null && penalties.slows());
    }

    @Override
    public boolean judgesClient() {
        return penalties != null;
    }

    @Override
    public Verdict tryAcquire(Attempt attempt, long now) {
        ClientState client = owner.apply(attempt);
        TokenBucket limit = limitOf(client, now);
        return limit == null ? Verdict.pass() : limit.tryTake(bucket, client, now, reason);
    }

    @Override
    public void cancel(Attempt attempt, long now) {
        ClientState client = owner.apply(attempt);
        TokenBucket limit = limitOf(client, now);
        if (limit != null) {
            limit.giveBack(bucket, client);
        }
    }

    private @Nullable TokenBucket limitOf(ClientState client, long now) {
        TokenBucket slow = penalties == null ? null : penalties.slow(client, now);
        return slow != null ? slow : parameters;
    }
}
