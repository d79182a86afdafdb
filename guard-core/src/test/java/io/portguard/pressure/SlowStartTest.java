package io.portguard.pressure;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SlowStartTest {

    private static final long TICK = Duration.ofMillis(50).toNanos();
    private static final Overload WAITING =
            new Overload(List.of(new Overload.Part("queue-delay", Trigger.Kind.QUEUE, 2, 0.25)));

    private final SlowStart start = new SlowStart();
    private long now = Long.MAX_VALUE - 20 * TICK;

    /** One digit for each tick: 1 is a pause. */
    private String after(int ticks, Overload overload, double acceptQueue) {
        StringBuilder pauses = new StringBuilder();
        for (int tick = 0; tick < ticks; tick++) {
            pauses.append(start.next(now, overload, acceptQueue) ? 1 : 0);
            now += TICK;
        }
        return pauses.toString();
    }

    @Test
    void whileTasksWaitItRestsForAQuarterOfASecondAndAcceptsForATenth() {
        assertThat(after(16, WAITING, 0)).isEqualTo("0011111001111100");
        assertThat(start.hasPaced()).isTrue();
    }

    @Test
    void itAcceptsAtOnceWhenNothingWaits() {
        after(4, WAITING, 0);
        assertThat(after(3, Overload.NONE, 0)).isEqualTo("000");
    }

    @Test
    void itNeverFillsTheAcceptQueue() {
        assertThat(after(20, WAITING, 0.5)).doesNotContain("1");
        assertThat(after(1, WAITING, Double.NaN)).isEqualTo("1");
    }

    @Test
    void whoIsWarmIsNotPaced() {
        after(200, Overload.NONE, 0);
        assertThat(start.isWarmingUp()).isTrue();
        assertThat(after(500, WAITING, 0)).doesNotContain("1");
        assertThat(start.isWarmingUp()).isFalse();
    }

    @Test
    void aLongStandstillBeginsItAnewAndAShortOneDoesNot() {
        after(300, Overload.NONE, 0);
        now += Duration.ofMillis(4_900).toNanos();
        assertThat(after(10, WAITING, 0)).doesNotContain("1");
        now += Duration.ofSeconds(5).toNanos();
        assertThat(after(4, WAITING, 0)).isEqualTo("0011");
    }

    @Test
    void queuesThatAreNoTasksDoNotPace() {
        Overload other = new Overload(List.of(
                new Overload.Part("backlog", Trigger.Kind.ACCEPT_QUEUE, 1, 1),
                new Overload.Part("heap", Trigger.Kind.STOCK, 1, 1)));
        assertThat(after(20, other, 0)).doesNotContain("1");
    }
}
