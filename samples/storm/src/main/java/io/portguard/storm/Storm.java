package io.portguard.storm;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command: floods an unguarded and a guarded service, one after the other, and shows the difference. */
@Command(
        name = "samples/storm/run",
        sortOptions = false,
        usageHelpAutoWidth = true,
        description = "Floods an unguarded and a guarded service, one after the other, and shows the difference."
                + " All of it happens on this machine, in about two minutes.%n",
        footer = "%nExit code: 0 when the run was completed, 1 when it could not be, 2 for bad arguments.")
public final class Storm implements Callable<Integer> {

    private static final int MIN_SECONDS = 2;
    private static final int MAX_SECONDS = 600;

    /** Where the project is, if that is not the working directory. */
    private static final String HOME = System.getProperty("portguard.home", "");

    @Spec
    private CommandSpec spec = CommandSpec.create(); // until picocli puts the real one here

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "12",
            description =
                    "how long the flood lasts, " + MIN_SECONDS + " to " + MAX_SECONDS + " (default: ${DEFAULT-VALUE})")
    private int seconds;

    @Option(
            names = "--mix",
            paramLabel = "MIX",
            defaultValue = "both",
            description = "overload: 10 times capacity, half of it from one client; flood: 5 times capacity, 90 %% of"
                    + " it from one client; both: one after the other (default: ${DEFAULT-VALUE})")
    private Mix mix = Mix.BOTH;

    @Option(names = "--json", paramLabel = "FILE", description = "write the figures to this file")
    private @Nullable Path json;

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "write the page with the charts to this file (default: samples/storm/target/storm.html)")
    private Path html = Path.of(HOME, "samples/storm/target/storm.html");

    @Option(names = "--help", usageHelp = true, description = "show this help")
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    private boolean help;

    @Option(names = "--service", paramLabel = "JAR", hidden = true, description = "the service to flood")
    private Path service = Path.of(HOME, "samples/spring-boot/target/spring-boot-sample.jar");

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        CommandLine command = new CommandLine(new Storm()).setCaseInsensitiveEnumValuesAllowed(true);
        command.registerConverter(Mix.class, Storm::mix);
        // A sentence, not the whole help again.
        command.setParameterExceptionHandler((e, arguments) -> {
            PrintWriter err = e.getCommandLine().getErr();
            err.println("storm: " + e.getMessage());
            err.println("Try --help.");
            return CommandLine.ExitCode.USAGE;
        });
        return command;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (seconds < MIN_SECONDS || seconds > MAX_SECONDS) {
            throw bad("--seconds: " + seconds + " (expected: " + MIN_SECONDS + " to " + MAX_SECONDS + ")");
        }
        // Before the run, not after it.
        requireWritable("--html", html);
        if (json != null) {
            requireWritable("--json", json);
        }
        PrintWriter out = spec.commandLine().getOut();
        try {
            run(out);
            return CommandLine.ExitCode.OK;
        } catch (IOException e) {
            spec.commandLine().getErr().println("storm: " + e.getMessage());
            return CommandLine.ExitCode.SOFTWARE;
        }
    }

    private void run(PrintWriter out) throws IOException, InterruptedException {
        if (!Files.isRegularFile(service)) {
            throw new IOException("there is no " + service + "; samples/storm/run builds it");
        }
        Path logs = Path.of(HOME, "samples/storm/target");
        Files.createDirectories(logs);
        ExecutorService printer = Executors.newSingleThreadExecutor();
        List<Comparison> comparisons;
        try {
            comparisons =
                    new Campaign(new Children(), service, logs, out, Ansi.AUTO.enabled(), printer).play(mix, seconds);
        } finally {
            printer.shutdown();
            printer.awaitTermination(5, TimeUnit.SECONDS);
        }
        for (Comparison comparison : comparisons) {
            out.println();
            out.print(TextReport.of(comparison));
        }
        double capacity = comparisons.get(0).capacity();
        Files.writeString(html, HtmlReport.of(capacity, comparisons));
        out.println();
        out.println("charts: " + html.toAbsolutePath().normalize());
        if (json != null) {
            Files.writeString(json, JsonReport.of(capacity, comparisons));
            out.println("figures: " + json.toAbsolutePath().normalize());
        }
        out.flush();
    }

    private static Mix mix(String text) {
        for (Mix mix : Mix.values()) {
            if (mix.name().equalsIgnoreCase(text)) {
                return mix;
            }
        }
        throw new CommandLine.TypeConversionException(text + " (expected: overload, flood or both)");
    }

    private void requireWritable(String option, Path file) {
        Path directory = file.toAbsolutePath().getParent();
        try {
            if (directory != null) {
                Files.createDirectories(directory);
            }
        } catch (IOException e) {
            throw bad(option + ": " + file + " (expected: a file in a directory that can be written to)");
        }
        if (Files.isDirectory(file) || directory == null || !Files.isWritable(directory)) {
            throw bad(option + ": " + file + " (expected: a file in a directory that can be written to)");
        }
    }

    private ParameterException bad(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
