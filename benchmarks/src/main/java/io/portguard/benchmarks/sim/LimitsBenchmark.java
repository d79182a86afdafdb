package io.portguard.benchmarks.sim;

import io.portguard.benchmarks.Report;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * Runs every algorithm, ours and Netflix's, over all scenarios and several seeds in virtual time, against an
 * oracle. The same seed gives the same figures on every machine.
 */
public final class LimitsBenchmark {

    private static final String NETFLIX = "netflix-concurrency-limits-0.5.4 ";
    private static final double TARGET_DELAY_MILLIS = 20;

    private final Report report = Report.named("limits");
    private final PrintWriter out;

    public LimitsBenchmark(PrintWriter out) {
        this.out = out;
    }

    /** Makes the gate of a subject for one run. */
    interface Subject extends BiFunction<Scenario, EventLoop, Gate> {}

    static Map<String, Subject> subjects() {
        Map<String, Subject> subjects = new LinkedHashMap<>();
        subjects.put("portguard", portguard("adaptive"));
        for (String algorithm : List.of("fixed", "aimd", "vegas", "gradient")) {
            subjects.put("portguard " + algorithm, portguard(algorithm));
        }
        subjects.put(NETFLIX + "vegas", (scenario, loop) -> new NetflixGate(loop, NetflixGate.vegas()));
        subjects.put(
                NETFLIX + "vegas, windowed", (scenario, loop) -> new NetflixGate(loop, NetflixGate.vegasWindowed()));
        subjects.put(NETFLIX + "gradient2", (scenario, loop) -> new NetflixGate(loop, NetflixGate.gradient2()));
        subjects.put(
                NETFLIX + "gradient2, windowed",
                (scenario, loop) -> new NetflixGate(loop, NetflixGate.gradient2Windowed()));
        subjects.put("no limit", (scenario, loop) -> new NetflixGate(loop, NetflixGate.fixed(Integer.MAX_VALUE)));
        return subjects;
    }

    private static Subject portguard(String algorithm) {
        return (scenario, loop) -> new PortguardGate(scenario, loop, algorithm);
    }

    /**
     * Runs it.
     *
     * @param scenarios parts of names; empty for all scenarios
     * @param chosen parts of names; empty for all subjects
     */
    public Report run(List<String> scenarios, List<String> chosen, int seeds) {
        Map<String, Subject> subjects = new LinkedHashMap<>(subjects());
        subjects.keySet().removeIf(name -> !matches(name, chosen));
        Map<String, double[]> goodputs = new LinkedHashMap<>();
        for (Scenario scenario : Scenarios.all()) {
            if (matches(scenario.name(), scenarios)) {
                out.printf("%n%s%n", scenario.name());
                subjects.forEach((name, subject) -> {
                    double goodput = run(scenario, name, subject, seeds);
                    goodputs.merge(name, new double[] {goodput, 1, goodput}, LimitsBenchmark::summarised);
                });
            }
        }
        out.printf("%nAll scenarios%n");
        goodputs.forEach((name, sums) -> {
            add("all scenarios", name, "goodput_mean", sums[0] / sums[1], "% of oracle");
            add("all scenarios", name, "goodput_worst", sums[2], "% of oracle");
            out.printf(
                    Locale.ROOT, "  %-54s goodput: mean %6.2f %%, worst %6.2f %%%n", name, sums[0] / sums[1], sums[2]);
        });
        return report;
    }

    /** Parts of a name are given as a person types them; the plain name of a subject chooses it alone. */
    private static boolean matches(String name, Collection<String> parts) {
        return parts.isEmpty()
                || parts.stream().anyMatch(part -> part.equals("portguard") ? name.equals(part) : name.contains(part));
    }

    private static double[] summarised(double[] a, double[] b) {
        return new double[] {a[0] + b[0], a[1] + b[1], Math.min(a[2], b[2])};
    }

    /** Returns the goodput, the mean over the seeds. */
    private double run(Scenario scenario, String name, Subject subject, int seeds) {
        double goodput = 0;
        double p99 = 0;
        double refused = 0;
        double convergence = 0;
        int mixes = scenario.mixes().size();
        double[] success = new double[mixes];
        double[] jain = new double[mixes];
        double[] leastServed = new double[mixes];
        for (int seed = 1; seed <= seeds; seed++) {
            List<Request> requests = Workload.draw(scenario, seed);
            SimulationResult result =
                    new Simulation(scenario, loop -> subject.apply(scenario, loop), null).run(requests);
            goodput += 100.0 * result.allGood() / Oracle.answered(scenario, requests) / seeds;
            p99 += result.p99Millis() / seeds;
            refused += result.refusedPercent() / seeds;
            convergence = Math.max(convergence, result.convergenceMillis(scenario.stepAt(), TARGET_DELAY_MILLIS));
            for (int mix = 0; mix < mixes; mix++) {
                success[mix] += result.successPercent(mix) / seeds;
                jain[mix] += result.jainIndex(mix) / seeds;
                leastServed[mix] += result.leastServedRate(mix) / seeds;
            }
        }
        add(scenario.name(), name, "goodput", goodput, "% of oracle");
        add(scenario.name(), name, "p99", p99, "ms");
        add(scenario.name(), name, "p99_unloaded", scenario.unloadedP99Millis(), "ms");
        add(scenario.name(), name, "refused", refused, "% of offered");
        StringBuilder line = new StringBuilder(String.format(
                Locale.ROOT,
                "  %-54s goodput %6.2f %%  p99 %8.1f ms (unloaded %.1f)  refused %8.4f %%",
                name,
                goodput,
                p99,
                scenario.unloadedP99Millis(),
                refused));
        if (scenario.stepAt() > 0) {
            add(scenario.name(), name, "convergence", convergence, "ms");
            line.append(String.format(Locale.ROOT, "  converged after %.0f ms", convergence));
        }
        for (int mix = 0; mix < mixes; mix++) {
            String mixName = scenario.mixes().get(mix).name();
            add(scenario.name(), name, "success " + mixName, success[mix], "% of requests");
            add(scenario.name(), name, "jain " + mixName, jain[mix], "index");
            add(scenario.name(), name, "least_served " + mixName, leastServed[mix], "requests/s");
            if (mixes > 1) {
                line.append(String.format(Locale.ROOT, "  %s %.2f %%", mixName, success[mix]));
            }
        }
        out.println(line);
        out.flush();
        return goodput;
    }

    private void add(String scenario, String subject, String metric, double value, String unit) {
        report.add(scenario, subject, metric, value, unit);
    }
}
