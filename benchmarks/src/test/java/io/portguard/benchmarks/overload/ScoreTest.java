package io.portguard.benchmarks.overload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.portguard.benchmarks.Report;
import io.portguard.benchmarks.load.LoadResult;
import io.portguard.benchmarks.load.Outcome;
import io.portguard.benchmarks.load.PhaseResult;
import io.portguard.benchmarks.load.Slot;
import io.portguard.benchmarks.load.Tally;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScoreTest {

    private static final double CAPACITY = 1_000;

    @Test
    void theFloodAloneIsScored() {
        Score score = Score.of(run(2), CAPACITY);

        // 600 + 200 + 800 in two seconds.
        assertThat(score.goodputPercent()).isCloseTo(80, within(0.01));
        assertThat(score.politePercent()).isCloseTo(80, within(0.01));
        assertThat(score.criticalPercent()).isCloseTo(100, within(0.01));
        assertThat(score.p99Millis()).isCloseTo(10, within(0.1));
        assertThat(score.recovery()).isEqualTo(new Recovery(0, true));
        assertThat(score.isValid()).isTrue();
    }

    @Test
    void connectionsCountFromTheFirstOneOn() {
        assertThat(Score.of(run(2), CAPACITY).connectionsOpened()).isEqualTo(5 + 6 + 70);
    }

    @Test
    void aGeneratorThatWasLateSpoilsTheRound() {
        assertThat(Score.of(run(21), CAPACITY).isValid()).isFalse();
    }

    @Test
    void theMedianOfTheGoodRoundsIsTold() {
        Report report = Report.named("overload");

        Score.report(report, "2x", "portguard", List.of(score(90, 2), score(96, 2), score(98, 2), score(10, 90)));

        assertThat(value(report, "goodput")).isEqualTo(96);
        assertThat(value(report, "valid rounds")).isEqualTo(75);
        assertThat(report.rows())
                .allSatisfy(row -> assertThat(row.scenario()).isEqualTo("2x"))
                .allSatisfy(row -> assertThat(row.subject()).isEqualTo("portguard"));
    }

    @Test
    void withoutAnyGoodRoundAllAreToldAndMarked() {
        Report report = Report.named("overload");

        Score.report(report, "2x", "portguard", List.of(score(90, 50), score(96, 60)));

        assertThat(value(report, "goodput")).isEqualTo(93);
        assertThat(value(report, "valid rounds")).isZero();
    }

    @Test
    void whatAdmittedNothingHasNoLatency() {
        Report report = Report.named("overload");

        Score.report(
                report,
                "2x",
                "bare",
                List.of(new Score(0, Double.NaN, Double.NaN, 0, 0, new Recovery(3, false), 1, 1, true)));

        assertThat(report.rows()).extracting(Report.Row::metric).doesNotContain("admitted, p99", "admitted, median");
        assertThat(value(report, "recovered")).isZero();
    }

    private static double value(Report report, String metric) {
        return report.rows().stream()
                .filter(row -> row.metric().equals(metric))
                .findFirst()
                .orElseThrow()
                .value();
    }

    private static Score score(double goodput, double late) {
        return new Score(goodput, 10, 20, 99, 100, new Recovery(0, true), 50, late, late < 20);
    }

    private static LoadResult run(double generatorLateMillis) {
        return new LoadResult(
                List.of(
                        phase(Scenario.SETTLE, 5, 1, tally(100, 0)),
                        phase(Scenario.BEFORE, 6, 1, tally(0, 100)),
                        new PhaseResult(
                                Scenario.FLOOD,
                                Duration.ofSeconds(2),
                                List.of(
                                        new PhaseResult.Stream(Scenario.POLITE, Scenario.NORMAL_TAG, tally(600, 200)),
                                        new PhaseResult.Stream(Scenario.POLITE, Scenario.CRITICAL_TAG, tally(200, 0)),
                                        new PhaseResult.Stream(Scenario.ABUSER, "abuse", tally(800, 4_000))),
                                70,
                                generatorLateMillis,
                                30,
                                50),
                        phase(Scenario.AFTER, 9, 1, tally(100, 0))),
                List.of(
                        new Slot(0, 0.25, Scenario.BEFORE, tally(100, 0), Map.of(), 1, 1, 1),
                        new Slot(0.25, 0.25, Scenario.AFTER, tally(100, 0), Map.of(), 1, 1, 1)));
    }

    private static PhaseResult phase(String name, long connectionsOpened, double late, Tally tally) {
        return new PhaseResult(
                name,
                Duration.ofSeconds(1),
                List.of(new PhaseResult.Stream(Scenario.POLITE, Scenario.NORMAL_TAG, tally)),
                connectionsOpened,
                late,
                late,
                10);
    }

    private static Tally tally(int answered, int timedOut) {
        Tally tally = new Tally();
        for (int i = 0; i < answered; i++) {
            tally.offer();
            tally.finish(Outcome.IN_TIME, 10_000_000);
        }
        for (int i = 0; i < timedOut; i++) {
            tally.offer();
            tally.finish(Outcome.TIMED_OUT, 1_000_000_000);
        }
        return tally;
    }
}
