package io.portguard.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.internal.PlatformDependent;
import io.portguard.standard.StandardGuard;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class NettyMemoryTest {

    private static final int BYTES = 64 << 20;

    private final NettyMemory memory = new NettyMemory();

    @Test
    void whatNettyAllocatesIsSeenAndGivenBack() {
        boolean counted = PlatformDependent.usedDirectMemory() >= 0;
        if (!counted) {
            System.err.println("SKIPPED: Netty keeps no count of its direct memory here");
            assertThat(memory.sample(0)).isNaN();
        }
        Assumptions.assumeTrue(counted, "Netty keeps no count of its direct memory here");
        double before = memory.sample(0);
        // Larger than a chunk, so that it is given back to the system and not kept for the next.
        ByteBuf buffer = new PooledByteBufAllocator(true).directBuffer(BYTES, BYTES);
        double part = (double) BYTES / PlatformDependent.maxDirectMemory();
        assertThat(memory.sample(0) - before).isCloseTo(part, within(part / 4));
        buffer.release();
        assertThat(memory.sample(0)).isCloseTo(before, within(part / 4));
    }

    @Test
    void isASourceOfEveryGuardedPort() {
        try (StandardGuard guard = StandardGuard.builder("server")
                .configure(Map.of())
                .tickInterval(Duration.ZERO)
                .build()) {
            GuardedPort.of(guard);
            guard.guard().tick();
            assertThat(guard.pressure().sources()).contains("netty-memory");
            boolean there = !Double.isNaN(memory.sample(0));
            assertThat(guard.pressure().readings().containsKey("netty-memory")).isEqualTo(there);
        }
    }
}
