package io.portguard.rule;

import io.portguard.Attempt;
import io.portguard.Reason;
import io.portguard.Rule;
import io.portguard.Verdict;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** One token bucket for all. Inactive without a rate. A refused attempt takes no token. */
final class RateRule implements Rule {

    private final Reason reason;
    private final AtomicLong bucket;
    private volatile @Nullable TokenBucket parameters;

    RateRule(Reason reason, long nowNanos) {
        this.reason = reason;
        this.bucket = new AtomicLong(nowNanos);
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
        if (limit == null) {
            return Verdict.pass();
        }
        while (true) {
            long before = bucket.get();
            long after = limit.take(before, now);
            if (limit.isOfSlowerRate(before, now)) {
                bucket.compareAndSet(before, limit.empty(now));
            } else if (!limit.covers(after, now)) {
                return limit.rejection(reason, after, now);
            } else if (bucket.compareAndSet(before, after)) {
                return Verdict.pass();
            }
        }
    }

    @Override
    public void cancel(Attempt attempt, long now) {
        TokenBucket limit = parameters;
        if (limit != null) {
            bucket.addAndGet(-limit.tokenNanos());
        }
    }
}
