package io.portguard.rule;

import io.portguard.Attempt;
import io.portguard.Reason;
import io.portguard.Rule;
import io.portguard.Verdict;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * A token bucket for each client. Inactive without a rate. A refused attempt takes no token, so a client that
 * asks too often still gets its rate.
 */
final class ClientRateRule implements Rule {

    private final Reason reason;
    private final ClientTable clients;
    private final AtomicLongFieldUpdater<ClientState> bucket;
    private volatile @Nullable TokenBucket parameters;

    ClientRateRule(Reason reason, ClientTable clients, AtomicLongFieldUpdater<ClientState> bucket) {
        this.reason = reason;
        this.clients = clients;
        this.bucket = bucket;
    }

    /** Sets rate and burst; null for no limit. */
    void parameters(@Nullable TokenBucket parameters) {
        this.parameters = parameters;
    }

    /** How long an empty bucket takes to fill; 0 without a rate. */
    long fullNanos() {
        TokenBucket limit = parameters;
        return limit == null ? 0 : limit.fullNanos();
    }

    @Override
    public String name() {
        return reason.text();
    }

    @Override
    public boolean active() {
        return parameters != null;
    }

    @Override
    public boolean judgesClient() {
        return true;
    }

    @Override
    public Verdict tryAcquire(Attempt attempt, long now) {
        TokenBucket limit = parameters;
        if (limit == null) {
            return Verdict.pass();
        }
        ClientState client = clients.stateOf(attempt);
        while (true) {
            long before = bucket.get(client);
            long after = limit.take(before, now);
            if (limit.isOfSlowerRate(before, now)) {
                bucket.compareAndSet(client, before, limit.empty(now));
            } else if (!limit.covers(after, now)) {
                return limit.rejection(reason, after, now);
            } else if (bucket.compareAndSet(client, before, after)) {
                return Verdict.pass();
            }
        }
    }

    @Override
    public void cancel(Attempt attempt, long now) {
        TokenBucket limit = parameters;
        if (limit != null) {
            bucket.addAndGet(clients.stateOf(attempt), -limit.tokenNanos());
        }
    }
}
