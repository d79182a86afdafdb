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
    private boolean asked;
    private boolean alarmed;
    private long retryNanos = FIRST_RETRY_NANOS;

    WatchedSource(PressureSource source, Trigger trigger) {
        this.source = source;
        this.trigger = trigger;
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
        return !asked || nowNanos - askAtNanos >= 0;
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
        // The lesser of two: the first time costs more, and so does one during which another thread had the processor.
        long usual = costNanos < 0 ? 0 : Math.min(costNanos, cost);
        costNanos = cost;
        intervalNanos = Math.max(source.interval().toNanos(), usual * COST_FACTOR);
        if (failure == null) {
            retryNanos = FIRST_RETRY_NANOS;
        } else {
            intervalNanos = Math.max(intervalNanos, retryNanos);
            retryNanos = Math.min(2 * retryNanos, LAST_RETRY_NANOS);
        }
        asked = true;
        askAtNanos = nowNanos + intervalNanos;
        reading = said;
        tellPresence(failure, changes);
        tellAlarm(changes);
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
