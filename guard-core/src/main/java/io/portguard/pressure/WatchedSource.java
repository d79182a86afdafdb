package io.portguard.pressure;

import io.portguard.NanoClock;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A source as the monitor keeps it: what it said last, what asking it costs, and when it is next asked. Asked by one
 * thread, read by any.
 */
final class WatchedSource {

    /** At most a two-hundredth of one processor goes into asking one source, however dear it is. */
    private static final long COST_FACTOR = 200;

    /** The least of so many askings counts: the first cost more, and so do those that had to wait for a processor. */
    private static final int QUICK_COSTS = 8;

    private static final int SLOW_COSTS = 2;

    /** However dear, one that the tick asks is asked that often: what it shows does not wait. */
    private static final long QUICK_AT_LEAST_NANOS = Duration.ofMillis(200).toNanos();

    /** A source that fails is asked again so soon, and after twice as long each time. */
    private static final long FIRST_RETRY_NANOS = Duration.ofSeconds(1).toNanos();

    private static final long LAST_RETRY_NANOS = Duration.ofMinutes(1).toNanos();

    private final PressureSource source;
    private final Trigger trigger;
    private volatile double reading = PressureSource.ABSENT;
    private volatile long costNanos = -1;
    private volatile long intervalNanos;
    private volatile @Nullable String absentBecause;
    private long askAtNanos;
    private final long[] costs;
    private int asked;
    private boolean alarmed;
    private long retryNanos = FIRST_RETRY_NANOS;

    WatchedSource(PressureSource source, Trigger trigger) {
        this.source = source;
        this.trigger = trigger;
        this.costs = new long[source.pace() == PressureSource.Pace.QUICK ? QUICK_COSTS : SLOW_COSTS];
        this.intervalNanos = source.interval().toNanos();
    }

    String name() {
        return source.name();
    }

    Trigger trigger() {
        return trigger;
    }

    PressureSource.Pace pace() {
        return source.pace();
    }

    double reading() {
        return reading;
    }

    double overload() {
        return trigger.kind() == Trigger.Kind.ALARM ? 0 : trigger.overload(reading);
    }

    boolean isDue(long nowNanos) {
        return asked == 0 || nowNanos - askAtNanos >= 0;
    }

    void ask(long nowNanos, NanoClock clock, Consumer<PressureMonitor.Change> changes) {
        long began = clock.nanoTime();
        double said = PressureSource.ABSENT;
        String failure = null;
        try {
            said = source.sample(nowNanos);
        } catch (Exception | LinkageError | StackOverflowError fault) {
            failure = fault.getMessage() == null ? fault.getClass().getName() : fault.getMessage();
        }
        long cost = Math.max(0, clock.nanoTime() - began);
        costNanos = cost;
        costs[asked % costs.length] = cost;
        asked = asked + 1 == 2 * costs.length ? costs.length : asked + 1;
        intervalNanos = Math.max(source.interval().toNanos(), affordableNanos());
        if (failure == null) {
            retryNanos = FIRST_RETRY_NANOS;
        } else {
            intervalNanos = Math.max(intervalNanos, retryNanos);
            retryNanos = Math.min(2 * retryNanos, LAST_RETRY_NANOS);
        }
        askAtNanos = nowNanos + intervalNanos;
        reading = said;
        tellPresence(failure, changes);
        tellAlarm(changes);
    }

    private long affordableNanos() {
        long least = Long.MAX_VALUE;
        for (long cost : costs) {
            least = Math.min(least, cost); // 0, and so as often as it likes, until it was asked often enough
        }
        long affordable = least * COST_FACTOR;
        return source.pace() == PressureSource.Pace.QUICK ? Math.min(affordable, QUICK_AT_LEAST_NANOS) : affordable;
    }

    private void tellPresence(@Nullable String failure, Consumer<PressureMonitor.Change> changes) {
        boolean was = absentBecause == null;
        boolean is = failure == null;
        absentBecause = failure;
        if (was != is) {
            changes.accept(
                    new PressureMonitor.Change(PressureMonitor.Change.Kind.PRESENT, is, name(), reading, failure));
        }
    }

    private void tellAlarm(Consumer<PressureMonitor.Change> changes) {
        boolean raises = trigger.kind() == Trigger.Kind.ALARM || trigger.condition() != null;
        boolean high = raises && (alarmed ? reading >= trigger.start() : reading >= trigger.full());
        if (high != alarmed) {
            alarmed = high;
            changes.accept(new PressureMonitor.Change(PressureMonitor.Change.Kind.ALARM, high, name(), reading, null));
        }
    }

    PressureMonitor.SourceReport report() {
        return new PressureMonitor.SourceReport(
                name(), reading, costNanos, Duration.ofNanos(intervalNanos), absentBecause);
    }
}
