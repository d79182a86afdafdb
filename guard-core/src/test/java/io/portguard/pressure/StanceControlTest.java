package io.portguard.pressure;

import static io.portguard.ConnectionStance.ACCEPT;
import static io.portguard.ConnectionStance.CLOSE;
import static io.portguard.ConnectionStance.NO_KEEP_ALIVE;
import static io.portguard.ConnectionStance.PAUSE;
import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.ConnectionStance;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StanceControlTest {

    private static final long TICK = Duration.ofMillis(50).toNanos();

    private final StanceControl control = new StanceControl();
    private long now = -3 * TICK;

    private static Overload of(Trigger.Kind kind, double fraction) {
        return new Overload(List.of(new Overload.Part(kind.name(), kind, 7, fraction)));
    }

    private ConnectionStance after(int millis, Overload overload, boolean shedsAll) {
        ConnectionStance stance = ACCEPT;
        for (int tick = 0; tick < millis / 50; tick++) {
            stance = control.next(now, overload, shedsAll);
            now += TICK;
        }
        return stance;
    }

    @Test
    void whileSheddingIsEnoughConnectionsAreAccepted() {
        assertThat(after(10_000, of(Trigger.Kind.QUEUE, 1), false)).isEqualTo(ACCEPT);
        assertThat(after(10_000, of(Trigger.Kind.STOCK, 1), false)).isEqualTo(ACCEPT);
        assertThat(after(10_000, of(Trigger.Kind.QUEUE, 0.99), true)).isEqualTo(ACCEPT);
        assertThat(after(10_000, Overload.NONE, true)).isEqualTo(ACCEPT);
    }

    @Test
    void aStockThatStaysFullIsMetInOrder() {
        Overload full = of(Trigger.Kind.STOCK, 1);
        assertThat(after(250, full, true)).isEqualTo(ACCEPT);
        assertThat(after(50, full, true)).isEqualTo(PAUSE);
        assertThat(after(450, full, true)).isEqualTo(PAUSE);
        assertThat(after(50, full, true)).isEqualTo(CLOSE);
        assertThat(after(1_950, full, true)).isEqualTo(CLOSE);
        assertThat(after(50, full, true)).isEqualTo(NO_KEEP_ALIVE);
        assertThat(after(60_000, full, true)).isEqualTo(NO_KEEP_ALIVE);
    }

    @Test
    void aQueueEndsNoKeptConnection() {
        assertThat(after(60_000, of(Trigger.Kind.QUEUE, 1), true)).isEqualTo(CLOSE);
    }

    @Test
    void aFullAcceptQueueIsMetAtOnceAndNeverByAPause() {
        assertThat(after(50, of(Trigger.Kind.ACCEPT_QUEUE, 0.99), true)).isEqualTo(ACCEPT);
        assertThat(after(50, of(Trigger.Kind.ACCEPT_QUEUE, 1), false)).isEqualTo(CLOSE);
        assertThat(after(60_000, of(Trigger.Kind.ACCEPT_QUEUE, 1), true)).isEqualTo(CLOSE);
    }

    @Test
    void betweenStartAndFullNothingChanges() {
        after(1_000, of(Trigger.Kind.QUEUE, 1), true);
        assertThat(after(60_000, of(Trigger.Kind.QUEUE, 0.01), true)).isEqualTo(CLOSE);
        assertThat(after(60_000, of(Trigger.Kind.QUEUE, 0.01), false)).isEqualTo(CLOSE);
    }

    @Test
    void itAcceptsAgainHalfASecondAfterAllIsBelowItsStart() {
        after(1_000, of(Trigger.Kind.QUEUE, 1), true);
        assertThat(after(500, Overload.NONE, true)).isEqualTo(CLOSE);
        // Once more above: the half second begins anew.
        assertThat(after(50, of(Trigger.Kind.QUEUE, 0.01), true)).isEqualTo(CLOSE);
        assertThat(after(500, Overload.NONE, false)).isEqualTo(CLOSE);
        assertThat(after(50, Overload.NONE, false)).isEqualTo(ACCEPT);
    }

    @Test
    void keptConnectionsAreKeptAgainBeforeNewOnesAreAccepted() {
        after(4_000, of(Trigger.Kind.STOCK, 1), true);
        assertThat(after(500, Overload.NONE, false)).isEqualTo(NO_KEEP_ALIVE);
        assertThat(after(50, Overload.NONE, false)).isEqualTo(CLOSE);
        assertThat(after(450, Overload.NONE, false)).isEqualTo(CLOSE);
        assertThat(after(50, Overload.NONE, false)).isEqualTo(ACCEPT);
    }

    @Test
    void whenOnlyAQueueIsLeftKeptConnectionsAreKept() {
        after(4_000, of(Trigger.Kind.STOCK, 1), true);
        assertThat(after(60_000, of(Trigger.Kind.QUEUE, 1), true)).isEqualTo(CLOSE);
    }

    @Test
    void aPauseIsOverAsSoonAsTheStrainIs() {
        assertThat(after(300, of(Trigger.Kind.QUEUE, 1), true)).isEqualTo(PAUSE);
        assertThat(after(50, of(Trigger.Kind.QUEUE, 0.9), true)).isEqualTo(ACCEPT);
    }

    @Test
    void aPauseNeverLastsLongerThanHalfASecond() {
        long seed = new SplittableRandom().nextLong();
        SplittableRandom random = new SplittableRandom(seed);
        Trigger.Kind[] kinds = {Trigger.Kind.QUEUE, Trigger.Kind.ACCEPT_QUEUE, Trigger.Kind.STOCK};
        int paused = 0;
        for (int tick = 0; tick < 200_000; tick++) {
            int lasts = random.nextInt(12);
            Overload overload = random.nextInt(4) == 0
                    ? Overload.NONE
                    : of(kinds[random.nextInt(3)], random.nextInt(3) / 2.0 + 0.01);
            boolean shedsAll = random.nextInt(4) > 0;
            for (; lasts >= 0; lasts--, tick++) {
                ConnectionStance stance = after(50, overload, shedsAll);
                paused = stance == PAUSE ? paused + 1 : 0;
                assertThat(paused).as("seed %d, tick %d", seed, tick).isLessThanOrEqualTo(10);
                if (overload.parts().isEmpty()) {
                    assertThat(stance).as("seed %d, tick %d", seed, tick).isNotEqualTo(PAUSE);
                }
            }
        }
        // Whatever it was, in calm it accepts within a second and a bit.
        assertThat(after(1_100, Overload.NONE, true)).as("seed %d", seed).isEqualTo(ACCEPT);
    }

    @Test
    void aResetForgetsAll() {
        after(4_000, of(Trigger.Kind.STOCK, 1), true);
        control.reset();
        assertThat(after(250, of(Trigger.Kind.STOCK, 1), true)).isEqualTo(ACCEPT);
    }
}
