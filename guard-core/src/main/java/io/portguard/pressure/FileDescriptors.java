package io.portguard.pressure;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.time.Duration;

/** How many of the file descriptors that the process may have are open. On Unix; elsewhere absent. Sampled by one thread. */
public final class FileDescriptors implements PressureSource {

    private final OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
    private boolean counted;

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
    public Pace pace() {
        return Pace.SLOW;
    }

    @Override
    public double sample(long nowNanos) throws IOException {
        if (!(system instanceof UnixOperatingSystemMXBean unix)) {
            throw new FileNotFoundException("this system does not tell");
        }
        try {
            double fraction = (double) unix.getOpenFileDescriptorCount() / unix.getMaxFileDescriptorCount();
            counted = true;
            return fraction;
        } catch (InternalError uncounted) {
            // Counting them takes one itself: who could count before and cannot now has none left.
            if (counted) {
                return 1;
            }
            throw new IOException(uncounted.getMessage(), uncounted);
        }
    }

    /** How many the process may have; -1 when that is unknown. */
    public long max() {
        return system instanceof UnixOperatingSystemMXBean unix ? unix.getMaxFileDescriptorCount() : -1;
    }
}
