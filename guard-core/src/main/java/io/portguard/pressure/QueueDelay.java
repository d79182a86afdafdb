package io.portguard.pressure;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

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
    private final LongAdder sumNanos = new LongAdder();
    private final LongAdder count = new LongAdder();
    private volatile double fraction;
    private volatile double meanFraction;

    public QueueDelay(Duration target) {
        this.targetNanos = new AtomicLong(target.toNanos());
    }

    /** Changes the delay that is acceptable. */
    public void target(Duration changed) {
        targetNanos.set(changed.toNanos());
    }

    /** Records that a task waited so long before it ran. */
    public void record(long waitedNanos) {
        long waited = Math.max(0, waitedNanos);
        leastNanos.accumulate(waited);
        sumNanos.add(waited);
        count.increment();
    }

    /**
     * The mean wait of the last window as a fraction of the delay that is acceptable. It shows what the least does not:
     * a processor that is busy with more tasks than it can run, where some are always lucky.
     */
    public double meanFraction() {
        return meanFraction;
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
            long waits = count.sumThenReset();
            double sum = sumNanos.sumThenReset();
            meanFraction = waits == 0 ? 0 : sum / waits / targetNanos.get();
        }
        return fraction;
    }
}
