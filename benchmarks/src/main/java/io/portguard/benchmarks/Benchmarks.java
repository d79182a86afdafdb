package io.portguard.benchmarks;

import io.portguard.benchmarks.overload.OverloadBenchmark;
import io.portguard.benchmarks.server.Generator;
import io.portguard.benchmarks.server.ServerBenchmarks;
import io.portguard.benchmarks.sim.LimitsBenchmark;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** The command line of the benchmarks. */
@Command(
        name = "benchmarks/run",
        description = "Measures Portguard beside its peers.",
        mixinStandardHelpOptions = true,
        subcommands = {
            Benchmarks.Decision.class,
            Benchmarks.Limits.class,
            Benchmarks.Overload.class,
            Benchmarks.Memory.class,
            Benchmarks.Flood.class,
            Benchmarks.Overhead.class,
            Benchmarks.Pressure.class,
            Benchmarks.Audit.class,
            Benchmarks.Table.class
        })
public final class Benchmarks implements Runnable {

    @Spec
    private @Nullable CommandSpec spec;

    public static void main(String[] args) {
        System.exit(new CommandLine(new Benchmarks())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(args));
    }

    @Override
    public void run() {
        CommandLine commandLine = Objects.requireNonNull(spec).commandLine();
        commandLine.usage(commandLine.getOut());
    }

    /** What all benchmarks have in common. */
    abstract static class Benchmark implements Callable<Integer> {

        @Spec
        private @Nullable CommandSpec spec;

        @Option(names = "--json", paramLabel = "FILE", description = "Write the figures to FILE as JSON.")
        private @Nullable Path json;

        abstract Report measure(PrintWriter out, PrintWriter err) throws Exception;

        @Override
        public final Integer call() throws Exception {
            CommandLine command = command();
            PrintWriter out = command.getOut();
            Report report = measure(out, command.getErr());
            if (json != null) {
                write(report, json);
                out.println("Written to " + json);
            }
            return 0;
        }

        final CommandLine command() {
            return Objects.requireNonNull(spec).commandLine();
        }

        static int orElse(@Nullable Integer given, int otherwise) {
            return given == null ? otherwise : given;
        }

        private static void write(Report report, Path file) throws IOException {
            Files.writeString(
                    file,
                    JsonMapper.builder()
                                    .build()
                                    .writerWithDefaultPrettyPrinter()
                                    .writeValueAsString(report) + "\n");
        }
    }

    @Command(
            name = "decision",
            description = "What one decision costs, in time and in garbage (JMH).",
            mixinStandardHelpOptions = true)
    static final class Decision extends Benchmark {

        @Option(names = "--full", description = "More forks and iterations, for publication.")
        private boolean full;

        @Override
        Report measure(PrintWriter out, PrintWriter err) throws Exception {
            Report report = DecisionBenchmark.measure(full);
            AccessBenchmark.measure(report);
            return report;
        }
    }

    @Command(
            name = "limits",
            description = "How limits do in virtual time, against an oracle.",
            mixinStandardHelpOptions = true)
    static final class Limits extends Benchmark {

        @Option(names = "--scenario", paramLabel = "NAME", description = "Only scenarios whose name contains NAME.")
        private List<String> scenarios = List.of();

        @Option(names = "--subject", paramLabel = "NAME", description = "Only subjects whose name contains NAME.")
        private List<String> subjects = List.of();

        @Option(
                names = "--seeds",
                paramLabel = "N",
                description = "How many seeds each scenario is run with (default: 5; 25 with --full).")
        private @Nullable Integer seeds;

        @Option(names = "--full", description = "More seeds, for publication.")
        private boolean full;

        @Option(
                names = "--random",
                paramLabel = "N",
                description = "Instead of the named scenarios, N whose parameters are drawn at random.")
        private int random;

        @Option(
                names = "--first",
                paramLabel = "SEED",
                description = "The seed of the first random scenario (default: ${DEFAULT-VALUE}).",
                defaultValue = "1")
        private long first;

        @Option(
                names = "--hindsight",
                description = "Also eleven constant limits, and the best of them, chosen for each run when it is over.")
        private boolean hindsight;

        @Override
        Report measure(PrintWriter out, PrintWriter err) {
            LimitsBenchmark benchmark = new LimitsBenchmark(out, hindsight);
            return random > 0
                    ? benchmark.runRandom(random, first, subjects)
                    : benchmark.runNamed(scenarios, subjects, orElse(seeds, full ? 25 : 5));
        }
    }

    @Command(
            name = "overload",
            description = "Services under more load than they can serve, with Portguard, with its peers, and bare.",
            mixinStandardHelpOptions = true)
    static final class Overload extends Benchmark {

        @Option(
                names = "--subject",
                paramLabel = "NAME",
                description = "Only subjects whose name contains NAME, in every case.")
        private List<String> subjects = List.of();

        @Option(names = "--case", paramLabel = "NAME", description = "Only this case: 0.5x, 1.03x, 2x, 5x, 10x, flood.")
        private List<String> cases = List.of();

        @Option(names = "--full", description = "Every subject in every case, and longer, for publication.")
        private boolean full;

        @Option(
                names = "--rounds",
                paramLabel = "N",
                description = "How often, with --full (default: ${DEFAULT-VALUE}).")
        private int rounds = 1;

        @Override
        Report measure(PrintWriter out, PrintWriter err) throws Exception {
            return new OverloadBenchmark(size(), out, err).run();
        }

        private OverloadBenchmark.Size size() {
            try {
                return full
                        ? OverloadBenchmark.Size.full(subjects, cases, rounds)
                        : OverloadBenchmark.Size.byDefault(subjects, cases);
            } catch (IllegalArgumentException wrong) {
                throw new CommandLine.ParameterException(command(), wrong.getMessage(), wrong);
            }
        }
    }

    @Command(
            name = "memory",
            description = "What a tracked client costs, and who is remembered when addresses rotate.",
            mixinStandardHelpOptions = true)
    static final class Memory extends Benchmark {

        @Option(names = "--full", description = "Ten times the addresses in rotation, for publication.")
        private boolean full;

        @Override
        Report measure(PrintWriter out, PrintWriter err) {
            return new MemoryBenchmark(out).run(full ? 100_000_000 : 10_000_000);
        }
    }

    /** What both benchmarks of servers have in common. */
    abstract static class OfServers extends Benchmark {

        @Option(
                names = "--rounds",
                paramLabel = "N",
                description =
                        "How many turns each server has, of two starts (default: 12) or, with --full, five (default: 100).")
        @Nullable
        Integer rounds;

        @Option(names = "--full", description = "More starts and turns, for publication.")
        boolean full;

        @Option(
                names = "--seconds",
                paramLabel = "N",
                description = "How long a turn lasts (default: ${DEFAULT-VALUE}).",
                defaultValue = "1")
        double seconds;

        @Option(
                names = "--load",
                paramLabel = "WHAT",
                description = "What sends the requests: ${COMPLETION-CANDIDATES} (default: wrk if it is installed).")
        private @Nullable Generator load;

        Generator generator() {
            return load == null ? Generator.best() : load;
        }

        Duration turn() {
            return Duration.ofNanos((long) (seconds * 1e9));
        }
    }

    @Command(
            name = "flood",
            description = "What a server pays for a refusal, beside the least that it takes.",
            mixinStandardHelpOptions = true)
    static final class Flood extends OfServers {

        @Override
        Report measure(PrintWriter out, PrintWriter err) throws Exception {
            return ServerBenchmarks.flood(out, generator(), rounds, turn(), full);
        }
    }

    @Command(
            name = "overhead",
            description = "What a service pays for being guarded while nothing is refused.",
            mixinStandardHelpOptions = true)
    static final class Overhead extends OfServers {

        @Override
        Report measure(PrintWriter out, PrintWriter err) throws Exception {
            return ServerBenchmarks.overhead(out, generator(), rounds, turn(), full);
        }
    }

    @Command(
            name = "pressure",
            description = "What asking the sources of pressure costs, with few connections on the machine and many.",
            mixinStandardHelpOptions = true)
    static final class Pressure extends Benchmark {

        @Option(
                names = "--connections",
                paramLabel = "N",
                description = "How many connections are established on loopback (default: ${DEFAULT-VALUE}).",
                defaultValue = "20000")
        private int connections;

        @Option(names = "--full", description = "Each source is asked ten times as often, for publication.")
        private boolean full;

        @Override
        Report measure(PrintWriter out, PrintWriter err) throws IOException {
            return new PressureBenchmark(out, full ? 6_000 : 600).run(connections);
        }
    }

    @Command(
            name = "audit",
            description = "What the audit does to latencies while ten thousand requests a second are refused.",
            mixinStandardHelpOptions = true)
    static final class Audit extends Benchmark {

        @Option(
                names = "--rounds",
                paramLabel = "N",
                description = "How many turns each guard has (default: ${DEFAULT-VALUE}).",
                defaultValue = "6")
        private int rounds;

        @Option(
                names = "--seconds",
                paramLabel = "N",
                description = "How long each turn lasts (default: ${DEFAULT-VALUE}).",
                defaultValue = "10")
        private int seconds;

        @Override
        Report measure(PrintWriter out, PrintWriter err) throws Exception {
            return new AuditBenchmark(out).run(rounds, seconds);
        }
    }

    @Command(name = "table", description = "Prints what a benchmark wrote with --json as a table in Markdown.")
    static final class Table implements Callable<Integer> {

        @Spec
        private @Nullable CommandSpec spec;

        @Parameters(paramLabel = "FILE", description = "What a benchmark wrote with --json.")
        private Path file = Path.of("");

        @Option(
                names = "--metric",
                paramLabel = "NAME",
                description = "Only this column; may be given several times, in the order wanted.")
        private List<String> metrics = List.of();

        @Option(
                names = "--subjects",
                paramLabel = "METRIC",
                description = "A line for each case and a column for each subject, with this metric.")
        private @Nullable String acrossSubjects;

        @Override
        public Integer call() {
            CommandLine command = Objects.requireNonNull(spec).commandLine();
            if (acrossSubjects != null && !metrics.isEmpty()) {
                throw new CommandLine.ParameterException(
                        command, "--subjects and --metric: columns of both (expected: one of the two)");
            }
            try {
                Report report = new JsonMapper().readValue(Files.readString(file), Report.class);
                MarkdownTable table = acrossSubjects == null
                        ? MarkdownTable.ofMetrics(report, metrics)
                        : MarkdownTable.ofSubjects(report, acrossSubjects);
                command.getOut().print(table.text());
                command.getOut().flush();
                return 0;
            } catch (IOException | JacksonException wrong) {
                throw new CommandLine.ParameterException(
                        command, file + " cannot be read as figures (expected: a file that --json wrote)", wrong);
            } catch (IllegalArgumentException wrong) {
                throw new CommandLine.ParameterException(command, wrong.getMessage(), wrong);
            }
        }
    }
}
