package io.portguard.netty;

import io.netty.util.internal.PlatformDependent;
import io.portguard.pressure.PressureSource;

/**
 * How much of the direct memory that Netty allocates past the JVM's own count is taken, of {@code
 * io.netty.maxDirectMemory}. Absent where Netty keeps no count of its own: its buffers are in the JVM's then. Stateless.
 */
final class NettyMemory implements PressureSource {

    @Override
    public String name() {
        return "netty-memory";
    }

    @Override
    public double sample(long nowNanos) {
        long used = PlatformDependent.usedDirectMemory();
        return used < 0 ? ABSENT : (double) used / PlatformDependent.maxDirectMemory();
    }
}
