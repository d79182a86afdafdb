package io.portguard.pressure;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * How much of the processors is in use, by anybody: those of the container where there is one, else of the machine;
 * since it was last asked.
 */
public final class CpuLoad implements PressureSource {

    private final java.lang.management.OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();

    @Override
    public String name() {
        return "cpu";
    }

    /** Finer than the kernel counts would only be noise. */
    @Override
    public Duration interval() {
        return Duration.ofMillis(200);
    }

    @Override
    public double sample(long nowNanos) {
        double load = system instanceof OperatingSystemMXBean known ? known.getCpuLoad() : -1;
        return load < 0 ? ABSENT : load;
    }
}
