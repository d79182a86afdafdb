package io.portguard.pressure;

import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.time.Duration;

/** How many of the file descriptors that the process may have are open. On Unix; elsewhere absent. */
public final class FileDescriptors implements PressureSource {

    private final OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();

    @Override
    public String name() {
        return "file-descriptors";
    }

    /** Counting them lists a folder with an entry for each. */
    @Override
    public Duration interval() {
        return Duration.ofSeconds(1);
    }

    @Override
    public boolean isSlow() {
        return true;
    }

    @Override
    public double sample(long nowNanos) {
        if (system instanceof com.sun.management.UnixOperatingSystemMXBean unix) {
            long max = unix.getMaxFileDescriptorCount();
            return max > 0 ? (double) unix.getOpenFileDescriptorCount() / max : ABSENT;
        }
        return ABSENT;
    }

    /** How many the process may have; -1 when that is unknown. */
    public long max() {
        return system instanceof com.sun.management.UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : -1;
    }
}
