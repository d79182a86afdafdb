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
    void whileTasksGoOnWaitingItRestsForAQuarterOfASecondAndAcceptsForATenth() {
        assertThat(after(18, WAITING, 0)).isEqualTo("000011111001111100");
        assertThat(start.isPacing()).isTrue();
    }

    @Test
    void whatHasWaitedForLessThanTwoReadingsIsNoSign() {
        for (int i = 0; i < 20; i++) {
            assertThat(after(4, WAITING, 0)).isEqualTo("0000");
            assertThat(after(1, Overload.NONE, 0)).isEqualTo("0");
        }
        assertThat(start.isPacing()).isFalse();
    }

    @Test
    void itAcceptsAtOnceWhenNothingWaits() {
        assertThat(after(6, WAITING, 0)).isEqualTo("000011");
        assertThat(after(3, Overload.NONE, 0)).isEqualTo("000");
    }

    @Test
    void aSecondAfterTheLastRestItIsOverAndTellsHowLongItRested() {
        after(18, WAITING, 0);
        after(18, Overload.NONE, 0);
        assertThat(start.isPacing()).isTrue();
        after(1, Overload.NONE, 0);
        assertThat(start.isPacing()).isFalse();
        assertThat(start.rested()).isEqualTo(Duration.ofMillis(500));
        after(6, WAITING, 0);
        after(1, Overload.NONE, 0);
        assertThat(start.rested()).as("paced anew").isEqualTo(Duration.ofMillis(100));
    }

    /**
     * Clients that come all at once to a service that is slow at first, each again as soon as it is answered: what is
     * admitted waits less than it does without pacing, nothing is lost, and once the service is warm there is no rest.
     */
    @Test
    void whoComesBackAfterARestartIsServedSoonerAndOnceItIsWarmThereIsNoRest() {
        ColdService unpaced = new ColdService();
        ColdService paced = new ColdService();
        int rests = 0;
        for (int tick = 0; tick < 100; tick++) {
            unpaced.tick(tick, false);
            boolean rest = start.next(now, paced.waits() ? WAITING : Overload.NONE, 0);
            paced.tick(tick, rest);
            now += TICK;
            if (tick < 60) {
                rests += rest ? 1 : 0;
            } else {
                assertThat(rest).as("tick %d", tick).isFalse();
            }
        }
        assertThat(rests).isPositive();
        assertThat(paced.longestQueue).isLessThan(unpaced.longestQueue);
        assertThat(paced.served).isGreaterThan(unpaced.served * 9 / 10);
    }

    /** It serves 1 in a tick at first and 20 when it is warm; 200 clients think for two seconds each. */
    private static final class ColdService {

        private final int[] arrivals = new int[200];
        private int knocking = 200;
        private int queue;
        private int longestQueue;
        private int served;

        boolean waits() {
            return queue > 20;
        }

        void tick(int tick, boolean rests) {
            knocking += arrivals[tick];
            if (!rests) {
                int accepted = Math.min(knocking, 20);
                knocking -= accepted;
                queue += accepted;
            }
            longestQueue = Math.max(longestQueue, queue);
            int done = Math.min(queue, 1 + Math.min(19, tick / 2));
            queue -= done;
            served += done;
            arrivals[tick + 40] += done;
        }
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
        assertThat(after(6, WAITING, 0)).isEqualTo("000011");
    }

    @Test
    void queuesThatAreNoTasksDoNotPace() {
        Overload other = new Overload(List.of(
                new Overload.Part("backlog", Trigger.Kind.ACCEPT_QUEUE, 1, 1),
                new Overload.Part("heap", Trigger.Kind.STOCK, 1, 1)));
        assertThat(after(20, other, 0)).doesNotContain("1");
    }
}
