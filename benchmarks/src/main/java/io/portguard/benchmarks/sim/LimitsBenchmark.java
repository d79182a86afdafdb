package io.portguard.benchmarks.sim;

import io.portguard.benchmarks.Report;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.ToDoubleFunction;
import java.util.stream.LongStream;

/**
 * Runs every algorithm, ours and Netflix's, over all scenarios and several seeds in virtual time, against an
 * oracle. The same seed gives the same figures on every machine.
 */
public final class LimitsBenchmark {

    private final Report report = Report.named("limits");
    private final Map<String, Verdicts> verdicts = new LinkedHashMap<>();
    private final PrintWriter out;
    private final boolean hindsight;

    /**
     * A benchmark that tells of its progress.
     *
     * @param hindsight whether to run eleven constant limits too, and find the best of each run
     */
    public LimitsBenchmark(PrintWriter out, boolean hindsight) {
        this.out = out;
        this.hindsight = hindsight;
    }

    /**
     * Runs the scenarios that have a name.
     *
     * @param scenarios parts of names; empty for all scenarios
     * @param chosen parts of names; empty for all subjects
     */
    public Report runNamed(List<String> scenarios, List<String> chosen, int seeds) {
        List<Scenario> all = Scenarios.all().stream()
                .filter(scenario -> matches(scenario.name(), scenarios))
                .toList();
        return run(all, chosen, seeds);
    }

    /** Runs so many scenarios that are drawn from the seeds from {@code first} on, each with one seed. */
    public Report runRandom(int count, long first, List<String> chosen) {
        List<Scenario> drawn = LongStream.range(first, first + count)
                .mapToObj(RandomScenarios::draw)
                .toList();
        return run(drawn, chosen, 1);
    }

    private Report run(List<Scenario> scenarios, List<String> chosen, int seeds) {
        Map<String, Simulation.Subject> subjects = new LinkedHashMap<>(Subjects.all());
        subjects.keySet().removeIf(name -> !matches(name, chosen));
        ExecutorService processors =
                Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
        try {
            // All are begun, and told of in order: so no processor waits for the last seed of a scenario.
            List<List<CompletableFuture<Map<String, RunFigures>>>> begun = scenarios.stream()
                    .map(scenario -> LongStream.rangeClosed(1, seeds)
                            .mapToObj(seed ->
                                    CompletableFuture.supplyAsync(() -> runAll(scenario, subjects, seed), processors))
                            .toList())
                    .toList();
            for (int i = 0; i < scenarios.size(); i++) {
                tell(scenarios.get(i), begun.get(i));
            }
        } finally {
            processors.shutdownNow();
        }
        verdicts.values().forEach(verdict -> verdict.report(out, report));
        out.flush();
        return report;
    }

    /** Parts of a name are given as a person types them; the plain name of a subject chooses it alone. */
    private static boolean matches(String name, Collection<String> parts) {
        return parts.isEmpty()
                || parts.stream()
                        .anyMatch(part -> part.equals(Subjects.PORTGUARD) ? name.equals(part) : name.contains(part));
    }

    private void tell(Scenario scenario, List<CompletableFuture<Map<String, RunFigures>>> seeds) {
        out.printf("%n%s%n", scenario.name());
        Map<String, List<RunFigures>> bySubject = new LinkedHashMap<>();
        seeds.forEach(seed -> seed.join()
                .forEach((subject, figures) -> bySubject
                        .computeIfAbsent(subject, key -> new ArrayList<>())
                        .add(figures)));
        bySubject.forEach((subject, figures) -> {
            report(scenario, subject, figures);
            verdicts.computeIfAbsent(subject, Verdicts::new).add(scenario, figures);
        });
        out.flush();
    }

    private Map<String, RunFigures> runAll(Scenario scenario, Map<String, Simulation.Subject> subjects, long seed) {
        Map<String, RunFigures> figures = run(scenario, subjects, seed);
        if (hindsight) {
            Map<String, RunFigures> constants = run(scenario, Subjects.constants(scenario), seed);
            figures.putAll(constants);
            constants.values().stream()
                    .max(Comparator.comparingDouble(RunFigures::goodputPercent))
                    .ifPresent(best -> figures.put("best constant limit, in hindsight", best));
        }
        return figures;
    }

    /** One seed with all subjects: they get the same requests. */
    static Map<String, RunFigures> run(Scenario scenario, Map<String, Simulation.Subject> subjects, long seed) {
        List<Request> requests = Workload.draw(scenario, seed);
        long possible = Oracle.answered(scenario, requests);
        Map<String, RunFigures> figures = new LinkedHashMap<>();
        subjects.forEach((name, subject) -> {
            SimulationResult result = new Simulation(scenario, subject, null).run(requests);
            figures.put(name, RunFigures.of(scenario, result, possible));
        });
        return figures;
    }

    private void report(Scenario scenario, String subject, List<RunFigures> runs) {
        double goodput = mean(runs, RunFigures::goodputPercent);
        double worst =
                runs.stream().mapToDouble(RunFigures::goodputPercent).min().orElseThrow();
        double p99 = mean(runs, RunFigures::p99Millis);
        double refused = mean(runs, RunFigures::refusedPercent);
        add(scenario, subject, "goodput", goodput, "% of oracle");
        add(scenario, subject, "goodput_worst_seed", worst, "% of oracle");
        add(scenario, subject, "p99", p99, "ms");
        add(scenario, subject, "p99_unloaded", scenario.unloadedP99Millis(), "ms");
        add(scenario, subject, "p99_bound", scenario.deadlineMillis(), "ms");
        add(scenario, subject, "refused", refused, "% of offered");
        StringBuilder line = new StringBuilder(String.format(
                Locale.ROOT,
                "  %-54s goodput %6.2f %% (worst seed %6.2f)  p99 %7.1f of %.1f ms",
                subject,
                goodput,
                worst,
                p99,
                scenario.deadlineMillis()));
        if (scenario.promises().contains(Promise.ONE_IN_TEN_THOUSAND)
                || scenario.promises().contains(Promise.NOTHING_REFUSED)) {
            add(scenario, subject, "refused_unneeded", refused, "% of offered");
            line.append(String.format(Locale.ROOT, "  refused where none was needed %.4f %%", refused));
        } else {
            line.append(String.format(Locale.ROOT, "  refused %.1f %%", refused));
        }
        if (scenario.stepAt() > 0) {
            double convergence = mean(runs, RunFigures::convergenceMillis);
            add(scenario, subject, "convergence", convergence, "ms");
            line.append(String.format(Locale.ROOT, "  converged after %.0f ms", convergence));
        }
        if (scenario.clientRate() != null) {
            double least = mean(runs, RunFigures::leastServedPercent);
            add(scenario, subject, "least_served", least, "% of rate");
            line.append(String.format(Locale.ROOT, "  least served client %.1f %% of its rate", least));
        }
        for (int mix = 0; mix < scenario.mixes().size(); mix++) {
            int group = mix;
            String groupName = scenario.mixes().get(mix).name();
            double success = mean(runs, run -> run.successPercent().get(group));
            double jain = mean(runs, run -> run.jainIndex().get(group));
            add(scenario, subject, "success " + groupName, success, "% of requests");
            add(scenario, subject, "jain " + groupName, jain, "index");
            if (scenario.mixes().size() > 1) {
                line.append(String.format(Locale.ROOT, "  %s %.2f %%", groupName, success));
            } else if (scenario.promises().contains(Promise.EQUAL_SHARES)) {
                line.append(String.format(Locale.ROOT, "  Jain %.3f", jain));
            }
        }
        out.println(line);
    }

    private static double mean(List<RunFigures> runs, ToDoubleFunction<RunFigures> figure) {
        return runs.stream().mapToDouble(figure).average().orElseThrow();
    }

    private void add(Scenario scenario, String subject, String metric, double value, String unit) {
        report.add(scenario.name(), subject, metric, value, unit);
    }
}
