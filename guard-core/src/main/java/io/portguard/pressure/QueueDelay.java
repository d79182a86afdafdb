package io.portguard.pressure;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAccumulator;

/**
 * How long tasks have to wait for a thread, as a fraction of the delay that is acceptable. Adapters record how
 * long each really waited; thread-safe.
 *
 * <p>What counts is the least wait of a window of 100 ms, as in CoDel (Nichols and Jacobson, RFC 8289): a queue
 * that was empty for a moment was a burst, one that never was is standing.
 */
public final class QueueDelay implements PressureSource {

    private static final long WINDOW_NANOS = Duration.ofMillis(100).toNanos();
    private static final long NOTHING = Long.MAX_VALUE;

    private final LongAccumulator leastNanos = new LongAccumulator(Math::min, NOTHING);
    private final AtomicLong targetNanos;
    private long windowEndsAtNanos = Long.MIN_VALUE;
    private boolean begun;
    private volatile double fraction;

    public QueueDelay(Duration target) {
        this.targetNanos = new AtomicLong(target.toNanos());
    }

    /** Changes the delay that is acceptable. */
    public void target(Duration changed) {
        targetNanos.set(changed.toNanos());
    }

    /** Records that a task waited so long before it ran. */
    public void record(long waitedNanos) {
        leastNanos.accumulate(Math.max(0, waitedNanos));
    }

    @Override
    public String name() {
        return "queue-delay";
    }

    @Override
    public double sample(long nowNanos) {
        if (!begun || nowNanos - windowEndsAtNanos >= 0) {
            begun = true;
            windowEndsAtNanos = nowNanos + WINDOW_NANOS;
            long least = leastNanos.getThenReset();
            fraction = least == NOTHING ? 0 : (double) least / targetNanos.get();
        }
        return fraction;
    }
}
