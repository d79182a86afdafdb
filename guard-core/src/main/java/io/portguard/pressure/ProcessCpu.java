package io.portguard.pressure;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/** How much of the processors this process has used since it was last asked. */
public final class ProcessCpu implements PressureSource {

    private final java.lang.management.OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();

    @Override
    public String name() {
        return "process-cpu";
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
    public double sample(long nowNanos) throws IOException {
        if (!(system instanceof OperatingSystemMXBean known)) {
            throw new IOException("this virtual machine does not tell");
        }
        double load = known.getProcessCpuLoad();
        return load < 0 ? ABSENT : load;
    }
}
