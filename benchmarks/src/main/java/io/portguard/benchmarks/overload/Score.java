package io.portguard.benchmarks.overload;

import io.portguard.benchmarks.Report;
import io.portguard.benchmarks.load.LoadResult;
import io.portguard.benchmarks.load.PhaseResult;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * How a contender did in a case.
 *
 * @param goodputPercent answers within the deadline, as a share of the capacity
 * @param p50Millis median latency of what was admitted, from when it was due; NaN if nothing was
 * @param p99Millis the 99th percentile of the same
 * @param politePercent requests of all but the abuser that were answered well and in time
 * @param criticalPercent the same of the critical ones among them
 * @param recovery how long the service took to be itself again
 * @param connectionsOpened by all clients, from the first one on to the end of the flood
 * @param generatorLateP99Millis how late the generator itself was
 * @param isValid whether the generator kept up; if not, the figures are partly its own
 */
record Score(
        double goodputPercent,
        double p50Millis,
        double p99Millis,
        double politePercent,
        double criticalPercent,
        Recovery recovery,
        double connectionsOpened,
        double generatorLateP99Millis,
        boolean isValid) {

    static final String CONNECTIONS = "connections opened";

    static Score of(LoadResult run, double capacity) {
        PhaseResult flood = run.phase(Scenario.FLOOD);
        long opened = run.phase(Scenario.SETTLE).connectionsOpened()
                + run.phase(Scenario.BEFORE).connectionsOpened()
                + flood.connectionsOpened();
        return new Score(
                flood.goodputPercent(capacity),
                flood.total().admittedMillis(50),
                flood.total().admittedMillis(99),
                100 * flood.group(Scenario.POLITE).successRatio(),
                100 * flood.tag(Scenario.CRITICAL_TAG).successRatio(),
                Recovery.of(run),
                opened,
                flood.sendLateP99Millis(),
                flood.generatorKeptUp());
    }

    /** Reports the medians of the rounds in which the generator kept up; of all, if it never did. */
    static void report(Report report, String scenario, String subject, List<Score> rounds) {
        List<Score> valid = rounds.stream().filter(Score::isValid).toList();
        List<Score> told = valid.isEmpty() ? rounds : valid;
        add(report, scenario, subject, "goodput", told, Score::goodputPercent, "% of capacity");
        add(report, scenario, subject, "admitted, median", told, Score::p50Millis, "ms");
        add(report, scenario, subject, "admitted, p99", told, Score::p99Millis, "ms");
        add(report, scenario, subject, "polite served in time", told, Score::politePercent, "%");
        add(report, scenario, subject, "critical served in time", told, Score::criticalPercent, "%");
        add(report, scenario, subject, "recovery", told, score -> score.recovery.seconds(), "s");
        add(report, scenario, subject, "recovered", told, score -> score.recovery.recovered() ? 100 : 0, "%");
        add(report, scenario, subject, CONNECTIONS, told, Score::connectionsOpened, "1");
        add(report, scenario, subject, "generator late, p99", told, Score::generatorLateP99Millis, "ms");
        report.add(scenario, subject, "valid rounds", 100.0 * valid.size() / rounds.size(), "%");
    }

    private static void add(
            Report report,
            String scenario,
            String subject,
            String metric,
            List<Score> rounds,
            ToDoubleFunction<Score> figure,
            String unit) {
        double[] sorted = rounds.stream().mapToDouble(figure).sorted().toArray();
        double median = sorted[sorted.length / 2];
        if (sorted.length % 2 == 0) {
            median = (sorted[sorted.length / 2 - 1] + median) / 2;
        }
        // A service that admitted nothing has no latency: the row is left out.
        if (!Double.isNaN(median)) {
            report.add(scenario, subject, metric, median, unit);
        }
    }
}
