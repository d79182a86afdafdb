package io.portguard.storm;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.benchmarks.load.Slot;
import io.portguard.benchmarks.load.Tally;
import java.util.ArrayList;
import java.util.List;
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
        assertThat(recovery(Results.tally(99, 10, 1))).isEqualTo(new Recovery(0, true));
        assertThat(recovery(Results.tally(98, 10, 2))).isEqualTo(new Recovery(0.25, false));
    }

    @Test
    void theLatencyMustBeNearThatOfBefore() {
        assertThat(recovery(Results.tally(100, 49, 0))).isEqualTo(new Recovery(0, true));
        assertThat(recovery(Results.tally(100, 52, 0))).isEqualTo(new Recovery(0.25, false));
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
        return Results.tally(100, 10, 0);
    }

    private static Tally bad() {
        return Results.tally(10, 10, 90);
    }

    private static Recovery recovery(Tally... after) {
        List<Slot> slots = new ArrayList<>();
        for (Tally tally : after) {
            slots.add(Results.slot(20 + slots.size() * 0.25, Scenario.AFTER, tally));
        }
        return Recovery.of(slots, P99_BEFORE);
    }
}
