package io.portguard.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecorderTest {

    private static final long MILLI = 1_000_000L;

    private final LoadPlan plan = Plans.of(
            List.of(Plans.POLITE, Plans.ABUSER),
            Plans.phase("before", 1, Map.of("polite", 10.0)),
            Plans.phase("flood", 1, Map.of("polite", 10.0, "abuser", 10.0)));
    private final List<Stream> streams = Stream.of(plan.groups(), plan.port());
    private final Stream polite = streams.get(0);
    private final Stream abuser = streams.get(1);
    private final List<Slot> settled = new ArrayList<>();
    private final Recorder recorder = new Recorder(plan, streams, settled::add);

    @Test
    void latencyCountsFromWhenTheRequestWasDueNotFromWhenItWasSent() {
        recorder.offered(polite, 100 * MILLI, 180 * MILLI);
        recorder.answered(polite, 100 * MILLI, 190 * MILLI, 200, "");

        PhaseResult before = result(0);
        assertThat(before.total().admittedMillis(100)).isCloseTo(90, within(0.1));
        assertThat(before.sendLateMaxMillis()).isCloseTo(80, within(0.1));
    }

    @Test
    void theDeadlineDecidesBetweenInTimeAndLate() {
        recorder.offered(polite, 0, 0);
        recorder.offered(polite, 0, 0);
        recorder.answered(polite, 0, 200 * MILLI, 200, "");
        recorder.answered(polite, 0, 201 * MILLI, 200, "");

        Tally tally = result(0).total();
        assertThat(tally.count(Outcome.IN_TIME)).isEqualTo(1);
        assertThat(tally.count(Outcome.LATE)).isEqualTo(1);
        assertThat(tally.successRatio()).isEqualTo(0.5);
    }

    @Test
    void aRequestCountsInThePhaseInWhichItWasDue() {
        recorder.offered(polite, 990 * MILLI, 990 * MILLI);
        recorder.answered(polite, 990 * MILLI, 1_100 * MILLI, 200, "");

        assertThat(result(0).total().count(Outcome.IN_TIME)).isEqualTo(1);
        assertThat(result(1).total().offered()).isZero();
    }

    @Test
    void refusalsAreCountedByStatusAndReasonWithALatencyOfTheirOwn() {
        recorder.offered(polite, 0, 0);
        recorder.offered(polite, 0, 0);
        recorder.offered(polite, 0, 0);
        recorder.answered(polite, 0, 2 * MILLI, 429, "fair-share");
        recorder.answered(polite, 0, 4 * MILLI, 503, "");
        recorder.answered(polite, 0, 9 * MILLI, 500, "");

        Tally tally = result(0).total();
        assertThat(tally.refusals())
                .containsOnly(Map.entry(new Refusal(429, "fair-share"), 1L), Map.entry(new Refusal(503, ""), 1L));
        assertThat(tally.count(Outcome.FAILED)).isEqualTo(1);
        assertThat(tally.refusedMillis(100)).isCloseTo(4, within(0.01));
        assertThat(tally.admittedMillis(99)).isNaN();
    }

    @Test
    void groupsAndTagsAreToldApart() {
        recorder.offered(polite, 1_000 * MILLI, 1_000 * MILLI);
        recorder.offered(abuser, 1_000 * MILLI, 1_000 * MILLI);
        recorder.answered(polite, 1_000 * MILLI, 1_010 * MILLI, 200, "");
        recorder.finished(abuser, 1_000 * MILLI, 2_000 * MILLI, Outcome.TIMED_OUT);

        PhaseResult flood = result(1);
        assertThat(flood.group("polite").successRatio()).isEqualTo(1);
        assertThat(flood.group("abuser").successRatio()).isZero();
        assertThat(flood.tag("normal").offered()).isEqualTo(2);
    }

    @Test
    void aSlotIsSettledWhenTheLastOfItsRequestsHasEnded() {
        recorder.offered(polite, 10 * MILLI, 10 * MILLI);
        recorder.offered(polite, 300 * MILLI, 300 * MILLI);
        recorder.answered(polite, 300 * MILLI, 310 * MILLI, 200, "");
        recorder.settleBefore(600 * MILLI);
        assertThat(settled).isEmpty();

        recorder.finished(polite, 10 * MILLI, 1_010 * MILLI, Outcome.TIMED_OUT);
        recorder.settleBefore(600 * MILLI);

        assertThat(settled).hasSize(2);
        assertThat(settled.get(0).tally().count(Outcome.TIMED_OUT)).isEqualTo(1);
        assertThat(settled.get(0).successByGroup()).containsOnly(Map.entry("polite", 0.0));
        assertThat(settled.get(1).startSeconds()).isEqualTo(0.25);
        assertThat(settled.get(1).tally().count(Outcome.IN_TIME)).isEqualTo(1);
    }

    @Test
    void aSlotKnowsItsPhaseItsConnectionsAndHowMuchWasUnderWay() {
        recorder.connectionOpened(1_010 * MILLI);
        recorder.inFlight(1_020 * MILLI, 7);
        recorder.inFlight(1_030 * MILLI, 3);
        recorder.inFlight(1_600 * MILLI, 0);
        recorder.settleBefore(2_000 * MILLI);

        assertThat(recorder.isSettledUntil(2_000 * MILLI)).isTrue();
        assertThat(settled).hasSize(8);
        assertThat(settled.get(3).phase()).isEqualTo("before");
        assertThat(settled.get(4).phase()).isEqualTo("flood");
        assertThat(settled.get(4).connectionsOpened()).isEqualTo(1);
        assertThat(settled.get(4).inFlight()).isEqualTo(7);
        assertThat(settled.get(5).inFlight()).isEqualTo(7);
        assertThat(settled.get(6).inFlight()).isZero();
    }

    private PhaseResult result(int phase) {
        return recorder.phaseResult(phase, Duration.ofSeconds(1), 0);
    }
}
