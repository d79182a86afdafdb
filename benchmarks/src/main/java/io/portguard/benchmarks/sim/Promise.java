package io.portguard.benchmarks.sim;

import java.util.function.ToDoubleFunction;

/** What Portguard promises, and the figure of a run that shows whether it holds. */
enum Promise {
    GOODPUT("goodput", "% of the oracle", true, 93, RunFigures::goodputPercent),
    LATENCY("p99 of admitted", "times its bound (twice unloaded and 20 ms)", false, 1, RunFigures::latencyPart),
    ONE_IN_TEN_THOUSAND("refused below 80 % load", "of 10,000", false, 1, run -> run.refusedPercent() * 100),
    NOTHING_REFUSED(
            "refused at half load with one heavy client", "of 10,000", false, 0, run -> run.refusedPercent() * 100),
    CONVERGES("from the step to a queueing delay under the target", "ms", false, 500, RunFigures::convergenceMillis),
    POLITE_SERVED(
            "polite requests served in a flood",
            "%",
            true,
            99,
            run -> run.successPercent().get(0)),
    FLOOD_GOODPUT("goodput in a flood", "% of the oracle", true, 97, RunFigures::goodputPercent),
    EQUAL_SHARES(
            "Jain's index of polite clients at twice the capacity",
            "1",
            true,
            0.95,
            run -> run.jainIndex().get(0)),
    RATE_KEPT(
            "least served client of those over their rate", "% of the rate", true, 99, RunFigures::leastServedPercent),
    CRITICAL_SERVED(
            "critical requests served in a spike of background",
            "%",
            true,
            99.4,
            run -> run.successPercent().get(0));

    private final String text;
    private final String unit;
    private final boolean atLeast;
    private final double bound;

    @SuppressWarnings("ImmutableEnumChecker") // only ever a method reference
    private final ToDoubleFunction<RunFigures> figure;

    Promise(String text, String unit, boolean atLeast, double bound, ToDoubleFunction<RunFigures> figure) {
        this.text = text;
        this.unit = unit;
        this.atLeast = atLeast;
        this.bound = bound;
        this.figure = figure;
    }

    String text() {
        return text;
    }

    String unit() {
        return unit;
    }

    double bound() {
        return bound;
    }

    double of(RunFigures run) {
        return figure.applyAsDouble(run);
    }

    boolean holds(double value) {
        return atLeast ? value >= bound : value <= bound;
    }

    /** The worse of two figures. */
    double worse(double a, double b) {
        return atLeast ? Math.min(a, b) : Math.max(a, b);
    }
}
