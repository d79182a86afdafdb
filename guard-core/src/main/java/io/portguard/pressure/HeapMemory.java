package io.portguard.pressure;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.time.Duration;
import java.util.List;

/**
 * How much of the heap was in use right after it was last collected: what is alive, not what has merely not been swept
 * up yet. 0 until there has been a collection.
 */
public final class HeapMemory implements PressureSource {

    private final List<MemoryPoolMXBean> pools = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP && pool.getCollectionUsage() != null)
            .toList();

    @Override
    public String name() {
        return "heap";
    }

    @Override
    public Duration interval() {
        return Duration.ofSeconds(1);
    }

    @Override
    public Pace pace() {
        return Pace.SLOW;
    }

    @Override
    public double sample(long nowNanos) {
        long max = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getMax();
        long used = 0;
        for (MemoryPoolMXBean pool : pools) {
            MemoryUsage afterCollection = pool.getCollectionUsage();
            used += afterCollection == null ? 0 : afterCollection.getUsed();
        }
        return max <= 0 ? ABSENT : Math.min((double) used / max, 1);
    }
}
