package io.portguard.pressure;

import io.portguard.NanoClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Samples sources, keeps what they said and what it cost to ask them. Sources of each pace are asked by one thread at a
 * time, the quick ones by {@link #sample}; what was said may be asked for by any.
 */
public final class PressureMonitor {

    private final NanoClock clock;
    private final Consumer<Change> changes;
    private final List<WatchedSource> watched = new CopyOnWriteArrayList<>();

    /** A source that came, went, or whose alarm began or ended. */
    public record Change(
            Kind kind,
            boolean is,
            String source,
            double reading,
            @Nullable String why) {

        /** What a change is about. */
        public enum Kind {
            PRESENT,
            ALARM
        }
    }

    /**
     * A monitor.
     *
     * @param changes is told of changes, on the thread that sampled
     */
    public PressureMonitor(NanoClock clock, Consumer<Change> changes) {
        this.clock = clock;
        this.changes = changes;
    }

    /** Adds a source; by one thread at a time. */
    public void add(PressureSource source, Trigger trigger) {
        if (watched.stream().anyMatch(each -> each.name().equals(source.name()))) {
            throw new IllegalArgumentException("source: " + source.name() + " twice (expected: each name once)");
        }
        watched.add(new WatchedSource(source, trigger));
    }

    /** Samples the quick sources that are due, and returns what is over its start of all. */
    public Overload sample(long nowNanos) {
        ask(PressureSource.Pace.QUICK, nowNanos);
        List<Overload.Part> parts = new ArrayList<>();
        for (WatchedSource each : watched) {
            double fraction = conditionHolds(each.trigger().condition()) ? each.overload() : 0;
            if (fraction > 0) {
                parts.add(new Overload.Part(each.name(), each.trigger().kind(), each.reading(), fraction));
            }
        }
        return parts.isEmpty() ? Overload.NONE : new Overload(parts);
    }

    /** Samples the sources of a pace that are due. */
    public void ask(PressureSource.Pace pace, long nowNanos) {
        for (WatchedSource each : watched) {
            if (each.pace() == pace && each.isDue(nowNanos)) {
                each.ask(nowNanos, clock, changes);
            }
        }
    }

    /** Whether there is a source of this pace. */
    public boolean has(PressureSource.Pace pace) {
        return watched.stream().anyMatch(each -> each.pace() == pace);
    }

    private boolean conditionHolds(Trigger.@Nullable Condition condition) {
        return condition == null || reading(condition.source()) >= condition.atLeast();
    }

    /** The last reading of a source; not a number when there is none. */
    public double reading(String source) {
        for (WatchedSource each : watched) {
            if (each.name().equals(source)) {
                return each.reading();
            }
        }
        return PressureSource.ABSENT;
    }

    /** The last reading of each source that is there, by name, in the order they were added. */
    public Map<String, Double> readings() {
        Map<String, Double> readings = new LinkedHashMap<>();
        for (WatchedSource each : watched) {
            double reading = each.reading();
            if (!Double.isNaN(reading)) {
                readings.put(each.name(), reading);
            }
        }
        return readings;
    }

    /** All sources, whether they are there or not, in the order they were added. */
    public List<SourceReport> report() {
        return watched.stream().map(WatchedSource::report).toList();
    }

    /** The names of all sources, whether they are there or not. */
    public Set<String> names() {
        return watched.stream().map(WatchedSource::name).collect(Collectors.toCollection(java.util.LinkedHashSet::new));
    }

    /**
     * A source as an operator sees it.
     *
     * @param reading the last; not a number when there is none
     * @param costNanos what it costs to ask once, lately; -1 when it was not asked yet
     * @param interval between askings, at least
     * @param absentBecause why there is no reading; null when there is one, or nothing is known
     */
    public record SourceReport(
            String name,
            double reading,
            long costNanos,
            Duration interval,
            @Nullable String absentBecause) {}
}
