package io.portguard.pressure;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * How much of the processors is in use, by anybody: those of the container where there is one, else of the machine.
 * Looked at five times a second, which is as fine as the kernel counts.
 */
public final class CpuLoad implements PressureSource {

    private static final long INTERVAL_NANOS = Duration.ofMillis(200).toNanos();

    private long nextAtNanos;
    private boolean begun;
    private double last = ABSENT;

    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public double sample(long nowNanos) {
        if (!begun || nowNanos - nextAtNanos >= 0) {
            begun = true;
            nextAtNanos = nowNanos + INTERVAL_NANOS;
            last = ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                    ? load(system)
                    : ABSENT;
        }
        return last;
    }

    private static double load(OperatingSystemMXBean system) {
        double load = system.getCpuLoad();
        return load < 0 ? ABSENT : load;
    }
}
