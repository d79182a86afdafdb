package io.portguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.portguard.standard.StandardGuard;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LoopWatchTest {

    private final FakeClock clock = new FakeClock();
    private final StandardGuard guard = StandardGuard.builder("server")
            .clock(clock)
            .tickInterval(Duration.ZERO)
            .build();
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final EventLoops loops = new EventLoops(guard, "event-loop-tasks");
    private final LoopWatch watch = loops.watch(channel.eventLoop());

    private double delayAfter(Duration... times) {
        guard.queueDelay().sample(clock.nanoTime());
        for (Duration time : times) {
            clock.advance(time);
            loops.sample(clock.nanoTime());
        }
        clock.advance(Duration.ofMillis(100));
        return guard.queueDelay().sample(clock.nanoTime());
    }

    @Test
    void aLoopThatHasNotRunItsProbeIsLateByThenAlready() {
        watch.connectionAdded();
        assertThat(delayAfter(Duration.ZERO, Duration.ofMillis(50))).isGreaterThan(1);
    }

    @Test
    void aProbeThatRanLateTellsHowLate() {
        watch.connectionAdded();
        loops.sample(clock.nanoTime());
        guard.queueDelay().sample(clock.nanoTime());
        clock.advance(Duration.ofMillis(40));
        channel.runPendingTasks();
        clock.advance(Duration.ofMillis(100));
        assertThat(guard.queueDelay().sample(clock.nanoTime())).isEqualTo(2); // of 20 ms
    }

    @Test
    void aLoopThatHasNothingToDoIsWokenTwiceASecond() {
        watch.connectionAdded();
        loops.sample(clock.nanoTime());
        channel.runPendingTasks();
        int woken = 0;
        for (int tick = 0; tick < 20; tick++) {
            clock.advance(Duration.ofMillis(50));
            loops.sample(clock.nanoTime());
            woken += isProbed() ? 1 : 0;
        }
        assertThat(woken).isEqualTo(2);
        watch.used();
        clock.advance(Duration.ofMillis(50));
        loops.sample(clock.nanoTime());
        assertThat(isProbed()).as("once it is used, with each tick").isTrue();
    }

    @Test
    void aLoopWithoutConnectionsIsLeftAlone() {
        watch.connectionAdded();
        watch.connectionRemoved();
        clock.advance(Duration.ofSeconds(1));
        loops.sample(clock.nanoTime());
        assertThat(isProbed()).isFalse();
    }

    /** Whether the loop was given a task, which has run then. */
    private boolean isProbed() {
        boolean probed = channel.hasPendingTasks();
        channel.runPendingTasks();
        return probed;
    }
}
