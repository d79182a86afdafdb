package io.portguard.pressure;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * A Java program in a network namespace of its own, where the kernel counts nobody else's connections, and with mounts of
 * its own. It reports what it found as lines of {@code name=value}.
 */
public final class NetworkNamespace implements AutoCloseable {

    private final Process process;

    private NetworkNamespace(Process process) {
        this.process = process;
    }

    /** Skips the test, and says so, where there can be none, or one of these commands is missing. */
    public static void assumePossible(String... commands) throws Exception {
        List<String> needed = new ArrayList<>(List.of("unshare -rnm true", "ip -V"));
        needed.addAll(List.of(commands));
        for (String command : needed) {
            if (!succeeds(command)) {
                System.err.println("SKIPPED: a test that needs a network namespace of its own, because \"" + command
                        + "\" does not work here");
                assumeTrue(false, command + " does not work here");
            }
        }
    }

    private static boolean succeeds(String command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command.split(" "))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException missing) {
            return false;
        }
    }

    /**
     * Starts a program.
     *
     * @param setUp shell commands that make the network, and may mount what nobody else sees
     */
    public static NetworkNamespace run(String setUp, Class<?> program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("unshare", "-rnm", "sh", "-c", setUp + "\nexec \"$@\"", "sh"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
        command.add(program.getName());
        command.addAll(List.of(arguments));
        return new NetworkNamespace(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** Waits for its end and returns what it reported. */
    public Map<String, String> report() throws IOException, InterruptedException {
        Map<String, String> report = new TreeMap<>();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                int equals = line.indexOf('=');
                if (equals > 0) {
                    report.put(line.substring(0, equals), line.substring(equals + 1));
                }
            }
        }
        if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new AssertionError("it has not ended well: " + report);
        }
        return report;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
