package io.portguard.pressure;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAccumulator;

/**
 * How long tasks have to wait for a thread, as a fraction of the delay that is acceptable. Adapters record how
 * long each really waited, and name the executors that they give tasks to; thread-safe.
 *
 * <p>What counts is the least wait of a window of 100 ms, as in CoDel (Nichols and Jacobson, RFC 8289): a queue
 * that was empty for a moment was a burst, one that never was is standing. An executor that runs nothing any more has
 * no waits to record, so each of them is also given a task that does nothing, once in a window, and one that has not
 * run yet has waited for as long as that.
 */
public final class QueueDelay implements PressureSource {

    private static final long WINDOW_NANOS = Duration.ofMillis(100).toNanos();
    private static final long STANDSTILL_NANOS = Duration.ofMillis(250).toNanos();
    private static final long NOTHING = Long.MAX_VALUE;

    private final LongAccumulator leastNanos = new LongAccumulator(Math::min, NOTHING);
    private final AtomicLong targetNanos;
    private long windowEndsAtNanos = Long.MIN_VALUE;
    private boolean begun;
    private volatile double fraction;
    private final List<ExecutorProbe> probes = new CopyOnWriteArrayList<>();
    private volatile boolean standsStill;

    public QueueDelay(Duration target) {
        this.targetNanos = new AtomicLong(target.toNanos());
    }

    /** Changes the delay that is acceptable. */
    public void target(Duration changed) {
        targetNanos.set(changed.toNanos());
    }

    /**
     * Sees to it that an executor that runs nothing any more is noticed. It is given a task that does nothing some ten
     * times a second, for as long as it takes any.
     */
    public void watch(Executor executor) {
        if (probes.stream().noneMatch(probe -> probe.isOf(executor))) {
            probes.add(new ExecutorProbe(executor, WINDOW_NANOS));
        }
    }

    /** An executor is about to be stopped, and runs nothing then. */
    public void unwatch(Executor executor) {
        probes.removeIf(probe -> probe.isOf(executor));
    }

    /** Whether an executor has run nothing for a quarter of a second or more although tasks wait. */
    public boolean standsStill() {
        return standsStill;
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
        long standstill = standstillNanos(nowNanos);
        standsStill = standstill > 0;
        if (!begun || nowNanos - windowEndsAtNanos >= 0) {
            begun = true;
            windowEndsAtNanos = nowNanos + WINDOW_NANOS;
            long least = leastNanos.getThenReset();
            fraction = least == NOTHING ? 0 : (double) least / targetNanos.get();
        }
        return Math.max(fraction, (double) standstill / targetNanos.get());
    }

    /** For how long the slowest executor has run nothing; 0 while that is no longer than may happen. */
    private long standstillNanos(long nowNanos) {
        probes.removeIf(ExecutorProbe::isOver);
        long longest = 0;
        for (ExecutorProbe probe : probes) {
            longest = Math.max(longest, probe.waitedNanos(nowNanos));
        }
        return longest < STANDSTILL_NANOS ? 0 : longest;
    }
}
