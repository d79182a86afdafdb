package io.portguard.pressure;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Optional;

/**
 * How much of the memory that direct buffers may take ({@code -XX:MaxDirectMemorySize}, by default as much as the heap)
 * is taken. What Netty allocates past the JVM's own count is not in it; Netty's adapter watches that.
 */
public final class DirectMemory implements PressureSource {

    private final Optional<BufferPoolMXBean> pool =
            ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                    .filter(each -> each.getName().equals("direct"))
                    .findFirst();
    private final long max = max();

    @Override
    public String name() {
        return "direct-memory";
    }

    @Override
    public Duration interval() {
        return Duration.ofMillis(500);
    }

    @Override
    public Pace pace() {
        return Pace.SLOW;
    }

    @Override
    public double sample(long nowNanos) {
        return pool.map(direct -> (double) direct.getMemoryUsed() / max).orElse(ABSENT);
    }

    private static long max() {
        HotSpotDiagnosticMXBean hotSpot = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        if (hotSpot != null) {
            try {
                long set = Long.parseLong(
                        hotSpot.getVMOption("MaxDirectMemorySize").getValue());
                if (set > 0) {
                    return set;
                }
            } catch (IllegalArgumentException unknown) {
                // Another virtual machine, then, without that option.
            }
        }
        return Runtime.getRuntime().maxMemory();
    }
}
