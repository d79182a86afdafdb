package io.portguard.benchmarks.sim;

import com.netflix.concurrency.limits.Limit;
import com.netflix.concurrency.limits.Limiter;
import com.netflix.concurrency.limits.limit.FixedLimit;
import com.netflix.concurrency.limits.limit.Gradient2Limit;
import com.netflix.concurrency.limits.limit.VegasLimit;
import com.netflix.concurrency.limits.limit.WindowedLimit;
import com.netflix.concurrency.limits.limiter.SimpleLimiter;
import io.portguard.NanoClock;
import io.portguard.Outcome;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Netflix's concurrency-limits, each algorithm with the settings it is shipped with. */
final class NetflixGate implements Gate {

    private final Limit limit;
    private final Limiter<Void> limiter;

    NetflixGate(Scenario scenario, NanoClock clock, Limit limit) {
        this.limit = limit;
        this.limiter = SimpleLimiter.newBuilder()
                .limit(new AboveGrain(limit, (long) (scenario.clockGrainMillis() * 1e6)))
                .nanoClock(clock::nanoTime)
                .build();
    }

    static Limit vegas() {
        return VegasLimit.newDefault();
    }

    static Limit vegasWindowed() {
        return WindowedLimit.newBuilder().build(VegasLimit.newDefault());
    }

    static Limit gradient2() {
        return Gradient2Limit.newDefault();
    }

    static Limit gradient2Windowed() {
        return WindowedLimit.newBuilder().build(Gradient2Limit.newDefault());
    }

    static Limit fixed(int value) {
        return FixedLimit.of(value);
    }

    /**
     * Shows a limit no latency shorter than a step of the clock. Vegas throws at a latency of 0, and the limiter that
     * called it then keeps the permit for ever.
     */
    private record AboveGrain(Limit limit, long grainNanos) implements Limit {

        @Override
        public int getLimit() {
            return limit.getLimit();
        }

        @Override
        public void notifyOnChange(Consumer<Integer> consumer) {
            limit.notifyOnChange(consumer);
        }

        @Override
        public void onSample(long startTime, long rtt, int inflight, boolean didDrop) {
            limit.onSample(startTime, Math.max(rtt, grainNanos), inflight, didDrop);
        }
    }

    @Override
    public @Nullable Consumer<Outcome> tryAdmit(int mix, int client) {
        Optional<Limiter.Listener> admitted = limiter.acquire(null);
        return admitted.<Consumer<Outcome>>map(listener -> outcome -> release(listener, outcome))
                .orElse(null);
    }

    private static void release(Limiter.Listener listener, Outcome outcome) {
        switch (outcome) {
            case SUCCESS -> listener.onSuccess();
            case DROPPED -> listener.onDropped();
            default -> listener.onIgnore();
        }
    }

    @Override
    public int limit() {
        return limit.getLimit();
    }
}
