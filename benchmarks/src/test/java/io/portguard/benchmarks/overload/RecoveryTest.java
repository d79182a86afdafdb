package io.portguard.benchmarks.overload;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.benchmarks.load.Outcome;
import io.portguard.benchmarks.load.Slot;
import io.portguard.benchmarks.load.Tally;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecoveryTest {

    private static final double P99_BEFORE = 15;

    @Test
    void aServiceThatNeverSufferedRecoversAtOnce() {
        assertThat(recovery(good(), good(), good())).isEqualTo(new Recovery(0, true));
    }

    @Test
    void itHasRecoveredWhenAllThatFollowsIsGood() {
        assertThat(recovery(bad(), good(), bad(), good(), good())).isEqualTo(new Recovery(0.75, true));
    }

    @Test
    void aServiceThatIsBadAtTheEndHasNotRecovered() {
        assertThat(recovery(good(), good(), bad())).isEqualTo(new Recovery(0.75, false));
    }

    @Test
    void onePerCentMayGoWrong() {
        assertThat(recovery(tally(99, 10, 1))).isEqualTo(new Recovery(0, true));
        assertThat(recovery(tally(98, 10, 2))).isEqualTo(new Recovery(0.25, false));
    }

    @Test
    void theLatencyMustBeNearThatOfBefore() {
        assertThat(recovery(tally(100, 49, 0))).isEqualTo(new Recovery(0, true));
        assertThat(recovery(tally(100, 52, 0))).isEqualTo(new Recovery(0.25, false));
    }

    @Test
    void withoutAnyAnswerBeforeTheDeadlineIsTheMeasure() {
        assertThat(Recovery.limitMillis(Double.NaN)).isEqualTo(200);
    }

    @Test
    void nothingWatchedIsNothingRecovered() {
        assertThat(recovery()).isEqualTo(new Recovery(0, false));
    }

    private static Tally good() {
        return tally(100, 10, 0);
    }

    private static Tally bad() {
        return tally(10, 10, 90);
    }

    /** A tally of requests answered after so many milliseconds, with others that were given up. */
    private static Tally tally(int answered, long latencyMillis, int givenUp) {
        Tally tally = new Tally();
        for (int i = 0; i < answered; i++) {
            tally.offer();
            tally.finish(Outcome.IN_TIME, latencyMillis * 1_000_000);
        }
        for (int i = 0; i < givenUp; i++) {
            tally.offer();
            tally.finish(Outcome.TIMED_OUT, 1_000_000_000);
        }
        return tally;
    }

    private static Recovery recovery(Tally... after) {
        List<Slot> slots = new ArrayList<>();
        for (Tally tally : after) {
            slots.add(new Slot(20 + slots.size() * 0.25, 0.25, Scenario.AFTER, tally, Map.of(), 12, 3, 1.5));
        }
        return Recovery.of(slots, P99_BEFORE);
    }
}
