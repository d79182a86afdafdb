package io.portguard.rule;

import io.portguard.Attempt;
import io.portguard.ClientKey;
import io.portguard.Reason;
import io.portguard.Rule;
import io.portguard.Verdict;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A token bucket for all, or one for each client. Inactive without a rate. A refused attempt takes no token, so who
 * asks too often still gets its rate. A client that is slowed down for its failures has a smaller bucket.
 */
final class RateRule implements Rule {

    private final Reason reason;
    private final Attempt.Kind kind;

    /** Whose the bucket of all is; null where each client has one. */
    private final @Nullable ClientState all;

    private final @Nullable ClientTable clients;

    /** Null for the bucket of all. */
    private final @Nullable Penalties penalties;

    private volatile @Nullable TokenBucket parameters;

    private RateRule(
            Reason reason,
            Attempt.Kind kind,
            @Nullable ClientState all,
            @Nullable ClientTable clients,
            @Nullable Penalties penalties) {
        this.reason = reason;
        this.kind = kind;
        this.all = all;
        this.clients = clients;
        this.penalties = penalties;
    }

    /** One bucket for all connections, as if all were of one client. */
    static RateRule ofAll(Reason reason, long nowNanos) {
        ClientState all = new ClientState(ClientKey.named("all"), nowNanos);
        return new RateRule(reason, Attempt.Kind.CONNECTION, all, null, null);
    }

    /** The bucket that each client has for this kind of attempt. */
    static RateRule ofClients(Reason reason, ClientTable clients, Attempt.Kind kind, Penalties penalties) {
        return new RateRule(reason, kind, null, clients, penalties);
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
        ClientState client = owner(attempt);
        TokenBucket limit = limitOf(client, now);
        return limit == null ? Verdict.pass() : limit.tryTake(client, kind, now, reason);
    }

    @Override
    public boolean mayRefuse(Attempt attempt, long now) {
        ClientState client = owner(attempt);
        TokenBucket limit = limitOf(client, now);
        return limit != null && !limit.hasToken(client, kind, now);
    }

    @Override
    public void cancel(Attempt attempt, long now) {
        ClientState client = owner(attempt);
        TokenBucket limit = limitOf(client, now);
        if (limit != null) {
            limit.giveBack(client, kind);
        }
    }

    private ClientState owner(Attempt attempt) {
        return clients == null ? Objects.requireNonNull(all) : clients.stateOf(attempt);
    }

    private @Nullable TokenBucket limitOf(ClientState client, long now) {
        TokenBucket slow = penalties == null ? null : penalties.slow(client, now);
        return slow != null ? slow : parameters;
    }
}
