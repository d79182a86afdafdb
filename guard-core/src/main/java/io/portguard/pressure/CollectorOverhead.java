package io.portguard.pressure;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;

/**
 * The share of the last two seconds that the garbage collector has worked. Of collectors that work beside the service,
 * ZGC and Shenandoah, that is the share of time in which they were at work, which says nothing by itself; together
 * with a heap that is full after collection it says that they no longer keep up.
 */
public final class CollectorOverhead implements PressureSource {

    private final List<GarbageCollectorMXBean> collectors = ManagementFactory.getGarbageCollectorMXBeans();
    private boolean begun;
    private long atNanos;
    private long collectedMillis;

    @Override
    public String name() {
        return "gc";
    }

    @Override
    public Duration interval() {
        return Duration.ofSeconds(2);
    }

    @Override
    public Pace pace() {
        return Pace.SLOW;
    }

    @Override
    public double sample(long nowNanos) {
        long millis = 0;
        for (GarbageCollectorMXBean collector : collectors) {
            millis += Math.max(0, collector.getCollectionTime());
        }
        long elapsed = nowNanos - atNanos;
        double share = begun && elapsed > 0
                ? Math.min((double) Duration.ofMillis(millis - collectedMillis).toNanos() / elapsed, 1)
                : 0;
        begun = true;
        atNanos = nowNanos;
        collectedMillis = millis;
        return share;
    }
}
