package io.portguard.rule;

import io.portguard.Attempt;
import io.portguard.Reason;
import io.portguard.Rule;
import io.portguard.Verdict;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A token bucket for all, or one for each client. Inactive without a rate. A refused attempt takes no token, so who
 * asks too often still gets its rate.
 *
 * @param <T> what a bucket belongs to
 */
final class RateRule<T> implements Rule {

    private final Reason reason;
    private final Function<Attempt, T> owner;
    private final AtomicLongFieldUpdater<T> bucket;
    private volatile @Nullable TokenBucket parameters;

    private RateRule(Reason reason, Function<Attempt, T> owner, AtomicLongFieldUpdater<T> bucket) {
        this.reason = reason;
        this.owner = owner;
        this.bucket = bucket;
    }

    /** One bucket for all. */
    static RateRule<?> ofAll(Reason reason, long nowNanos) {
        Shared shared = new Shared(nowNanos);
        return new RateRule<>(reason, attempt -> shared, Shared.BUCKET);
    }

    /** The bucket that each client has in this field. */
    static RateRule<?> ofClients(Reason reason, ClientTable clients, AtomicLongFieldUpdater<ClientState> bucket) {
        return new RateRule<>(reason, clients::stateOf, bucket);
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
        return parameters != null;
    }

    @Override
    public Verdict tryAcquire(Attempt attempt, long now) {
        TokenBucket limit = parameters;
        return limit == null ? Verdict.pass() : limit.tryTake(bucket, owner.apply(attempt), now, reason);
    }

    @Override
    public void cancel(Attempt attempt, long now) {
        TokenBucket limit = parameters;
        if (limit != null) {
            limit.giveBack(bucket, owner.apply(attempt));
        }
    }

    /** What the bucket of all belongs to. */
    private static final class Shared {

        static final AtomicLongFieldUpdater<Shared> BUCKET = AtomicLongFieldUpdater.newUpdater(Shared.class, "bucket");

        @SuppressWarnings("UnusedVariable") // read and written by BUCKET
        private volatile long bucket;

        Shared(long nowNanos) {
            bucket = nowNanos;
        }
    }
}
