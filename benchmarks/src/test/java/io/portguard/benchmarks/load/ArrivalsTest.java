package io.portguard.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ArrivalsTest {

    private static final long SECOND = 1_000_000_000L;

    @Test
    void requestsAreDueAtEvenIntervals() {
        Arrivals arrivals =
                new Arrivals(Plans.of(List.of(Plans.POLITE), Plans.phase("only", 1, Map.of("polite", 4.0))));

        assertThat(dueTimes(arrivals)).containsExactly(125_000_000L, 375_000_000L, 625_000_000L, 875_000_000L);
    }

    @Test
    void everyGroupKeepsItsOwnRate() {
        Arrivals arrivals = new Arrivals(Plans.of(
                List.of(Plans.POLITE, Plans.ABUSER), Plans.phase("only", 2, Map.of("polite", 10.0, "abuser", 30.0))));

        int[] counts = new int[2];
        long last = 0;
        while (arrivals.nextNanos() != Arrivals.NONE) {
            assertThat(arrivals.nextNanos()).isBetween(last, 2 * SECOND);
            last = arrivals.nextNanos();
            counts[arrivals.nextGroup()]++;
            arrivals.advance();
        }

        assertThat(counts).containsExactly(20, 60);
    }

    @Test
    void ratesChangeAtTheBordersOfPhases() {
        Arrivals arrivals = new Arrivals(Plans.of(
                List.of(Plans.POLITE),
                Plans.phase("slow", 1, Map.of("polite", 1.0)),
                Plans.phase("silent", 1, Map.of()),
                Plans.phase("fast", 1, Map.of("polite", 2.0))));

        assertThat(dueTimes(arrivals)).containsExactly(500_000_000L, 2_250_000_000L, 2_750_000_000L);
        assertThat(arrivals.endNanos()).isEqualTo(3 * SECOND);
    }

    @Test
    void noRateDriftsOverALongTime() {
        Arrivals arrivals =
                new Arrivals(Plans.of(List.of(Plans.POLITE), Plans.phase("long", 60, Map.of("polite", 7_777.0))));

        assertThat(dueTimes(arrivals)).hasSize(60 * 7_777);
    }

    @Test
    void aLoadThatIsStoppedKeepsWhatWasDueBefore() {
        Arrivals arrivals = new Arrivals(Plans.of(
                List.of(Plans.POLITE),
                Plans.phase("first", 2, Map.of("polite", 2.0)),
                Plans.phase("second", 2, Map.of("polite", 2.0))));

        arrivals.stopAt(SECOND);

        assertThat(dueTimes(arrivals)).containsExactly(250_000_000L, 750_000_000L);
        assertThat(arrivals.endNanos()).isEqualTo(SECOND);
    }

    private static List<Long> dueTimes(Arrivals arrivals) {
        List<Long> times = new ArrayList<>();
        while (arrivals.nextNanos() != Arrivals.NONE) {
            times.add(arrivals.nextNanos());
            arrivals.advance();
        }
        return times;
    }
}
