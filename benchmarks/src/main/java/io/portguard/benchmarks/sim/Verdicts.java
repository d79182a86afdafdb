package io.portguard.benchmarks.sim;

import io.portguard.benchmarks.Report;
import java.io.PrintWriter;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Whether a subject keeps the promises, each in its worst run. Not thread-safe. */
final class Verdicts {

    private static final double MEAN_GOODPUT = 98;

    private final String subject;
    private final Map<Promise, Worst> worst = new EnumMap<>(Promise.class);
    private double goodputSum;
    private int runs;

    private record Worst(double value, String scenario, int seed, int missed, int runs) {}

    Verdicts(String subject) {
        this.subject = subject;
    }

    void add(Scenario scenario, List<RunFigures> bySeed) {
        for (int seed = 1; seed <= bySeed.size(); seed++) {
            RunFigures run = bySeed.get(seed - 1);
            goodputSum += run.goodputPercent();
            runs++;
            for (Promise promise : scenario.promises()) {
                double value = promise.of(run);
                int missed = promise.holds(value) ? 0 : 1;
                Worst present = new Worst(value, scenario.name(), seed, missed, 1);
                worst.merge(promise, present, (before, now) -> worse(promise, before, now));
            }
        }
    }

    private static Worst worse(Promise promise, Worst before, Worst now) {
        Worst named = promise.worse(before.value, now.value) == now.value ? now : before;
        return new Worst(named.value, named.scenario, named.seed, before.missed + now.missed, before.runs + now.runs);
    }

    double meanGoodput() {
        return goodputSum / runs;
    }

    void report(PrintWriter out, Report report) {
        out.printf("%n%s: what was promised, in the worst run of each%n", subject);
        line(
                out,
                "goodput, mean of all runs, % of the oracle",
                MEAN_GOODPUT,
                meanGoodput(),
                meanGoodput() >= MEAN_GOODPUT,
                "");
        report.add("all scenarios", subject, "goodput_mean", meanGoodput(), "% of oracle");
        worst.forEach((promise, found) -> {
            boolean holds = promise.holds(found.value);
            String where = String.format(
                    Locale.ROOT,
                    "%s, seed %d%s",
                    found.scenario,
                    found.seed,
                    holds ? "" : " (" + found.missed + " of " + found.runs + " runs miss)");
            line(
                    out,
                    promise.text() + (promise.unit().equals("1") ? "" : ", " + promise.unit()),
                    promise.bound(),
                    found.value,
                    holds,
                    where);
            report.add("all scenarios", subject, "worst: " + promise.text(), found.value, promise.unit());
            report.add(
                    "all scenarios", subject, "missed: " + promise.text(), found.missed, "of " + found.runs + " runs");
        });
    }

    private static void line(PrintWriter out, String text, double bound, double value, boolean holds, String where) {
        out.printf(
                Locale.ROOT,
                "  %-6s %-62s %9.3f (bound %7.2f)  %s%n",
                holds ? "holds" : "MISSES",
                text,
                value,
                bound,
                where);
    }
}
