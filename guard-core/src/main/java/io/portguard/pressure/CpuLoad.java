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

    /** Nothing follows from it, and the virtual machine reads half a dozen files to tell it. */
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
        double load = system instanceof OperatingSystemMXBean known ? known.getCpuLoad() : -1;
        return load < 0 ? ABSENT : load;
    }
}
