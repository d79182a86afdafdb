package io.portguard;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The one test with a thread of the guard's own; it waits for ticks, not for time. */
class HousekeeperTest {

    @Test
    void itTicksOnADaemonThreadNamedAfterTheGuardHoweverATickEnded() throws Exception {
        CountDownLatch ticks = new CountDownLatch(3);
        AtomicReference<Thread> thread = new AtomicReference<>();
        try (CapturedLog log = new CapturedLog();
                Guard guard = Guard.builder("ticking")
                        .chore(now -> {
                            thread.set(Thread.currentThread());
                            ticks.countDown();
                            throw new AssertionError("broken chore");
                        })
                        .tickInterval(Duration.ofMillis(1))
                        .build()) {
            assertThat(ticks.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(thread.get().getName()).isEqualTo("portguard-ticking");
            assertThat(thread.get().isDaemon()).isTrue();
            assertThat(guard.faults()).isGreaterThanOrEqualTo(2);
            assertThat(log.records()).isNotEmpty();
        }
        thread.get().join(10_000);
        assertThat(thread.get().isAlive()).isFalse();
    }
}
