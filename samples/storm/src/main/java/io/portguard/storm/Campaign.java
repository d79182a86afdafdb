package io.portguard.storm;

import io.portguard.benchmarks.load.ClosedLoop;
import io.portguard.benchmarks.load.ClosedLoopResult;
import io.portguard.benchmarks.load.Outcome;
import io.portguard.benchmarks.overload.Scenario;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executor;

/**
 * Plays the scenarios, first all of them on the unguarded service, then on the guarded one: two cores are not enough
 * for both at a time.
 */
final class Campaign {

    private static final Duration WARM_UP = Duration.ofSeconds(4);
    private static final int WARM_UP_CONNECTIONS = 64;
    private static final Duration BURST = Duration.ofSeconds(5);
    private static final int BURST_CONNECTIONS = 256;
    private static final Duration SETTLING = Duration.ofSeconds(2);
    private static final Duration CAPACITY_MEASUREMENT = Duration.ofSeconds(4);
    private static final int CAPACITY_CONNECTIONS = 32;

    private final Children children;
    private final Path jar;
    private final Path logDirectory;
    private final PrintWriter out;
    private final boolean inPlace;
    private final Executor printer;

    /**
     * @param jar the service
     * @param logDirectory where what the services print goes
     * @param inPlace whether the output is a terminal on which a line can be drawn again
     * @param printer prints, one after the other
     */
    Campaign(Children children, Path jar, Path logDirectory, PrintWriter out, boolean inPlace, Executor printer) {
        this.children = children;
        this.jar = jar;
        this.logDirectory = logDirectory;
        this.out = out;
        this.inPlace = inPlace;
        this.printer = printer;
    }

    /** Plays the scenarios of a mix and returns what came of them, in the order in which they were played. */
    List<Comparison> play(Mix mix, int floodSeconds) throws IOException, InterruptedException {
        Map<Scenario, Map<Subject, Observation>> observations = new LinkedHashMap<>();
        double capacity = 0;
        ServerProcess server = null;
        try {
            for (Subject subject : Subject.values()) {
                server = start(subject);
                if (subject == Subject.UNGUARDED) {
                    capacity = measureCapacity(server);
                }
                boolean fit = true;
                for (Scenario scenario : scenarios(mix, capacity, floodSeconds)) {
                    if (!fit) {
                        say("%s: still not itself, so the next scenario gets a fresh one", subject.label());
                        server.close();
                        server = start(subject);
                    }
                    Observation observation = observe(subject, scenario, server);
                    observations
                            .computeIfAbsent(scenario, first -> new EnumMap<>(Subject.class))
                            .put(subject, observation);
                    fit = observation.recovery().recovered();
                }
                server.close();
            }
        } finally {
            if (server != null) {
                server.close();
            }
        }
        List<Comparison> comparisons = new ArrayList<>();
        for (Map.Entry<Scenario, Map<Subject, Observation>> entry : observations.entrySet()) {
            comparisons.add(new Comparison(entry.getKey(), capacity, entry.getValue()));
        }
        return comparisons;
    }

    private static List<Scenario> scenarios(Mix mix, double capacity, int floodSeconds) {
        List<Scenario> scenarios = new ArrayList<>();
        if (mix.hasOverload()) {
            scenarios.add(Scenario.overload(10, capacity, new Scenario.Lengths(2, 3, floodSeconds, 15)));
        }
        if (mix.hasFlood()) {
            scenarios.add(Scenario.flood(capacity, new Scenario.Lengths(2, 2, Math.min(8, floodSeconds), 10)));
        }
        return scenarios;
    }

    private ServerProcess start(Subject subject) throws IOException, InterruptedException {
        Path log = logDirectory.resolve(subject.label() + ".log");
        say("%n%s: starting; what it prints goes to %s", subject.label(), log);
        ServerProcess server = ServerProcess.start(children, jar, subject, log);
        say("%s: listens on port %d; warm-up", subject.label(), server.port());
        closedLoop(server, WARM_UP_CONNECTIONS, WARM_UP).run();
        // More at once than it can take, on new connections, so that what it does then is compiled as well, for both
        // alike.
        closedLoop(server, BURST_CONNECTIONS, BURST).onFreshConnections().run();
        closedLoop(server, CAPACITY_CONNECTIONS, SETTLING).run();
        return server;
    }

    private double measureCapacity(ServerProcess server) throws IOException, InterruptedException {
        ClosedLoopResult result =
                closedLoop(server, CAPACITY_CONNECTIONS, CAPACITY_MEASUREMENT).run();
        if (result.tally().count(Outcome.IN_TIME) == 0) {
            throw new IOException("the service answered no GET " + Scenario.PATH + " with 200; see " + server.log());
        }
        say(
                "capacity: %,.0f requests/s (closed loop, %d connections, p99 %.0f ms)",
                result.perSecond(), CAPACITY_CONNECTIONS, result.tally().admittedMillis(99));
        return result.perSecond();
    }

    private static ClosedLoop closedLoop(ServerProcess server, int connections, Duration length) {
        return new ClosedLoop(server.port(), Scenario.WARM_UP_CLIENTS, connections, length);
    }

    private Observation observe(Subject subject, Scenario scenario, ServerProcess server) throws InterruptedException {
        say("%n%s, %s: %s", subject.label(), scenario.name(), scenario.title());
        LiveTable table = new LiveTable(out, inPlace, printer);
        Observation observation = Observation.of(scenario, server, table);
        table.finish();
        return observation;
    }

    private void say(String format, Object... arguments) {
        String line = String.format(Locale.ROOT, format, arguments);
        printer.execute(() -> {
            out.println(line);
            out.flush();
        });
    }
}
