package io.portguard.benchmarks.overload;

import io.portguard.benchmarks.Report;
import io.portguard.benchmarks.load.ClosedLoop;
import io.portguard.benchmarks.load.LoadListener;
import io.portguard.benchmarks.load.LoadResult;
import io.portguard.benchmarks.load.OpenLoop;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Services under more load than they can serve: Portguard's, its peers', and without protection. All are started
 * once and take turns case by case, so that what else goes on in the machine hits all alike; one that has not
 * recovered from a case is started anew. Load generator and services share the machine's processors.
 */
public final class OverloadBenchmark {

    private static final int WARM_UP_CONNECTIONS = 64;
    /** More than a service is given to do at once, so that those that refuse do. */
    private static final int FRESH_CONNECTIONS = 128;

    private static final int CAPACITY_CONNECTIONS = 2 * Job.WORKERS;
    private static final double CALM_SECONDS = 1;

    private final Size size;
    private final PrintWriter out;
    private final PrintWriter err;
    private final Report report = Report.named("overload");
    private final Map<Contender, Contender.Running> running = new LinkedHashMap<>();

    /**
     * How much is measured.
     *
     * @param subjects only those whose names contain one of these; all if empty
     * @param cases only these, by their names; all if empty
     * @param everything every case of every contender, and not the telling ones of the peers
     * @param rounds how often
     * @param warmUpSeconds how long each service is warmed up, before it sees floods or in place of them
     * @param rehearsals floods that it has seen before it is measured
     * @param lengths how long the phases of a case last
     */
    public record Size(
            List<String> subjects,
            List<String> cases,
            boolean everything,
            int rounds,
            int warmUpSeconds,
            int rehearsals,
            Scenario.Lengths lengths) {

        public Size {
            subjects = List.copyOf(subjects);
            cases = List.copyOf(cases);
            cases.forEach(name -> {
                if (caseLabels().stream().noneMatch(name::equals)) {
                    throw new IllegalArgumentException("case: " + name + " (expected: one of " + caseLabels() + ")");
                }
            });
            subjects.forEach(name -> {
                if (Contenders.ALL.stream().noneMatch(contender -> contains(contender, name))) {
                    throw new IllegalArgumentException("subject: " + name + " (expected: a part of one of "
                            + Contenders.ALL.stream().map(Contender::name).toList() + ")");
                }
            });
        }

        /** What ends within five minutes. */
        public static Size byDefault(List<String> subjects, List<String> cases) {
            return new Size(subjects, cases, false, 1, 2, 2, new Scenario.Lengths(1, 1, 3, 3));
        }

        /** What is published. */
        public static Size full(List<String> subjects, List<String> cases, int rounds) {
            return new Size(subjects, cases, true, rounds, 8, 3, new Scenario.Lengths(2, 3, 10, 15));
        }

        boolean has(Contender contender) {
            return subjects.isEmpty() || subjects.stream().anyMatch(name -> contains(contender, name));
        }

        boolean has(Case one, Contender contender) {
            boolean named = cases.isEmpty() || cases.contains(one.label());
            // Who is asked for by name is played in every case.
            return named && has(contender) && (everything || !subjects.isEmpty() || one.isPlayedOn(contender));
        }

        private static boolean contains(Contender contender, String name) {
            return contender.name().toLowerCase(Locale.ROOT).contains(name.toLowerCase(Locale.ROOT));
        }

        private static List<String> caseLabels() {
            return List.of(Case.values()).stream().map(Case::label).toList();
        }
    }

    public OverloadBenchmark(Size size, PrintWriter out, PrintWriter err) {
        this.size = size;
        this.out = out;
        this.err = err;
    }

    /** Plays all cases and returns the figures. */
    public Report run() throws IOException, InterruptedException {
        report.environment().put("load generator", OpenLoop.transport());
        Map<Case, Map<Contender, List<Score>>> scores = new LinkedHashMap<>();
        try {
            double capacity = capacity();
            List<Contender> contenders = contenders();
            for (int round = 0; round < size.rounds(); round++) {
                for (Case one : Case.values()) {
                    for (Contender contender : contenders) {
                        if (size.has(one, contender)) {
                            scores.computeIfAbsent(one, first -> new LinkedHashMap<>())
                                    .computeIfAbsent(contender, first -> new ArrayList<>())
                                    .add(play(one, contender, capacity));
                        }
                    }
                }
                // Who came first comes last in the next round.
                Collections.reverse(contenders);
            }
        } finally {
            closeAll();
        }
        scores.forEach((one, byContender) -> byContender.forEach(
                (contender, rounds) -> Score.report(report, one.label(), contender.name(), rounds)));
        compareConnections();
        return report;
    }

    private List<Contender> contenders() {
        List<Contender> contenders = new ArrayList<>();
        List<String> leftOut = new ArrayList<>();
        for (Contender contender : Contenders.ALL) {
            Front front = contender.front();
            if (!size.has(contender)) {
                continue;
            }
            if (front != null && front.program().isEmpty()) {
                err.println("LEFT OUT: " + contender.name() + ", since " + front + " is not installed");
                err.flush();
                leftOut.add(front + " (not installed)");
            } else {
                contenders.add(contender);
            }
        }
        if (!leftOut.isEmpty()) {
            report.environment().put("left out", String.join(", ", leftOut));
        }
        return contenders;
    }

    private double capacity() throws IOException, InterruptedException {
        double capacity;
        try (Contender.Running unguarded = Contenders.UNGUARDED.start()) {
            closedLoop(unguarded, WARM_UP_CONNECTIONS).run();
            closedLoop(unguarded, Job.WORKERS).run();
            capacity = closedLoop(unguarded, CAPACITY_CONNECTIONS).run().perSecond();
        }
        if (capacity == 0) {
            throw new IOException("the service without a guard answered nothing");
        }
        report.add("capacity", Contenders.UNGUARDED.name(), "answers in a closed loop", capacity, "1/s");
        say("capacity: %.0f a second (closed loop, %d connections)", capacity, CAPACITY_CONNECTIONS);
        say(
                "%-6s %-55s %8s %8s %7s %8s %9s %8s",
                "case", "subject", "goodput", "p99 ms", "polite", "critical", "recovery", "opened");
        return capacity;
    }

    private Score play(Case one, Contender contender, double capacity) throws IOException, InterruptedException {
        Score score = Score.of(play(one.scenario(capacity, size.lengths()), ready(contender, capacity)), capacity);
        tell(one, contender, score);
        if (!score.recovery().recovered()) {
            close(contender);
        }
        return score;
    }

    private static LoadResult play(Scenario scenario, Contender.Running service) throws InterruptedException {
        // What is left of the case before is not to be collected in the middle of this one.
        System.gc();
        RecoveryWatch watch = new RecoveryWatch(CALM_SECONDS);
        OpenLoop loop = new OpenLoop(scenario.plan(service.port()), watch);
        watch.stops(loop);
        return loop.run();
    }

    private void tell(Case one, Contender contender, Score score) {
        say(
                "%-6s %-55s %7.1f%% %8.1f %6.1f%% %7.1f%% %9s %8.0f%s",
                one.label(),
                contender.name(),
                score.goodputPercent(),
                score.p99Millis(),
                score.politePercent(),
                score.criticalPercent(),
                (score.recovery().recovered() ? "" : "> ")
                        + String.format(Locale.ROOT, "%.2f s", score.recovery().seconds()),
                score.connectionsOpened(),
                score.isValid()
                        ? ""
                        : String.format(
                                Locale.ROOT,
                                "  INVALID: the generator was late, p99 %.0f ms",
                                score.generatorLateP99Millis()));
    }

    /** The connections of the highest load against those of half the capacity, of each contender. */
    private void compareConnections() {
        for (Contender contender : Contenders.ALL) {
            Double few = connections(Case.HALF, contender);
            Double many = connections(Case.TEN, contender);
            if (few != null && many != null && few > 0) {
                report.add(
                        Case.TEN.label(),
                        contender.name(),
                        Score.CONNECTIONS + " against " + Case.HALF.label(),
                        many / few,
                        "x");
            }
        }
    }

    private @Nullable Double connections(Case one, Contender contender) {
        return report.rows().stream()
                .filter(row -> row.scenario().equals(one.label())
                        && row.subject().equals(contender.name())
                        && row.metric().equals(Score.CONNECTIONS))
                .map(Report.Row::value)
                .findFirst()
                .orElse(null);
    }

    /** The contender, started and warm. */
    private Contender.Running ready(Contender contender, double capacity) throws IOException, InterruptedException {
        Contender.Running known = running.get(contender);
        if (known != null) {
            return known;
        }
        Contender.Running started = started(contender);
        // What is native has nothing to compile.
        if (contender.front() == null) {
            // How a connection is accepted is compiled after thousands of them, which a flood by itself does not bring.
            closedLoop(started, FRESH_CONNECTIONS).onFreshConnections().run();
            if (rehearse(Case.TEN.scenario(capacity, size.lengths()), started)) {
                return started;
            }
            // It would begin its first case with what the rehearsals have left.
            close(contender);
            started = started(contender);
        }
        closedLoop(started, WARM_UP_CONNECTIONS).run();
        return started;
    }

    private Contender.Running started(Contender contender) throws IOException, InterruptedException {
        Contender.Running started = contender.start();
        running.put(contender, started);
        return started;
    }

    /**
     * What runs only in a flood, or only after one, would be compiled in the measured one: for seconds the compilers would
     * take half of the processors. Each flood begins with new connections, as the measured one does.
     *
     * @return whether the service is itself again
     */
    private boolean rehearse(Scenario flood, Contender.Running service) throws InterruptedException {
        for (int i = 1; i < size.rehearsals(); i++) {
            new OpenLoop(flood.floodOf(service.port()), LoadListener.NONE).run();
        }
        return Recovery.of(play(flood, service)).recovered();
    }

    private ClosedLoop closedLoop(Contender.Running service, int connections) {
        Duration length = Duration.ofSeconds(size.warmUpSeconds());
        return new ClosedLoop(service.port(), Scenario.WARM_UP_CLIENTS, connections, length);
    }

    private void close(Contender contender) throws IOException {
        Contender.Running ended = running.remove(contender);
        if (ended != null) {
            ended.close();
        }
    }

    private void closeAll() throws IOException {
        for (Contender contender : List.copyOf(running.keySet())) {
            close(contender);
        }
    }

    private void say(String format, Object... arguments) {
        out.printf(Locale.ROOT, format + "%n", arguments);
        out.flush();
    }
}
