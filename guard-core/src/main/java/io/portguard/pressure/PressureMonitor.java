package io.portguard.pressure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Samples sources and keeps what they said. {@link #sample} must be called by one thread at a time; readings
 * may be asked for by any.
 */
public final class PressureMonitor {

    private final List<Watched> watched = new ArrayList<>();
    private final Map<String, Double> readings = new ConcurrentHashMap<>();

    /** A source, and from where to where its fraction means that load has to be shed. */
    private static final class Watched {

        private final PressureSource source;
        private final double start;
        private final double full;
        private final long intervalNanos;
        private long askAtNanos;
        private boolean asked;

        Watched(PressureSource source, double start, double full) {
            this.source = source;
            this.start = start;
            this.full = full;
            this.intervalNanos = source.interval().toNanos();
        }

        boolean isDue(long nowNanos) {
            if (asked && nowNanos - askAtNanos < 0) {
                return false;
            }
            asked = true;
            askAtNanos = nowNanos + intervalNanos;
            return true;
        }

        double overload(double fraction) {
            return !(fraction > start) || full == Double.POSITIVE_INFINITY ? 0 : (fraction - start) / (full - start);
        }
    }

    /**
     * Adds a source.
     *
     * @param start the fraction from which load is shed
     * @param full the fraction at which load is shed as fast as can be, above {@code start}
     */
    public void add(PressureSource source, double start, double full) {
        if (!(start >= 0 && start < full)) {
            throw new IllegalArgumentException(
                    "start: " + start + ", full: " + full + " (expected: 0 <= start < full)");
        }
        watched.add(new Watched(source, start, full));
    }

    /** Adds a source that is reported and sheds nothing. */
    public void addReported(PressureSource source) {
        watched.add(new Watched(source, Double.MAX_VALUE, Double.POSITIVE_INFINITY));
    }

    /** Samples the sources that are due; returns how much has to be shed, 0 (nothing) to 1. */
    public double sample(long nowNanos) {
        double most = 0;
        for (Watched each : watched) {
            if (each.isDue(nowNanos)) {
                double fraction = sample(each.source, nowNanos);
                if (Double.isNaN(fraction)) {
                    readings.remove(each.source.name());
                } else {
                    readings.put(each.source.name(), fraction);
                }
            }
            most = Math.max(most, each.overload(reading(each.source.name())));
        }
        return Math.min(most, 1);
    }

    /** The last reading of a source; not a number when there is none. */
    public double reading(String source) {
        return readings.getOrDefault(source, PressureSource.ABSENT);
    }

    private static double sample(PressureSource source, long nowNanos) {
        try {
            return source.sample(nowNanos);
        } catch (RuntimeException fault) {
            return PressureSource.ABSENT;
        }
    }

    /** The last reading of each source that is there, by name, in the order they were added. */
    public Map<String, Double> readings() {
        Map<String, Double> inOrder = new LinkedHashMap<>();
        for (Watched each : watched) {
            Double reading = readings.get(each.source.name());
            if (reading != null) {
                inOrder.put(each.source.name(), reading);
            }
        }
        return inOrder;
    }

    /** The names of all sources, whether they are there or not. */
    public List<String> names() {
        return watched.stream().map(each -> each.source.name()).toList();
    }
}
