package io.portguard.benchmarks.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The load generator wrk, as a process of its own. */
final class Wrk {

    private static final Pattern ANSWERS =
            Pattern.compile("(\\d+) requests in .*Requests/sec: +([0-9.]+)", Pattern.DOTALL);

    private Wrk() {}

    static boolean isInstalled() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "wrk")));
    }

    /** Asks for a path over and over again, on so many connections; whole seconds, at least one. */
    static Load.Answers run(int port, String path, int connections, Duration time)
            throws IOException, InterruptedException {
        Process wrk = new ProcessBuilder(
                        "wrk",
                        "--threads=1",
                        "--connections=" + connections,
                        "--duration=" + Math.max(1, Math.round(time.toNanos() / 1e9)),
                        "http://127.0.0.1:" + port + path)
                .redirectErrorStream(true)
                .start();
        String said = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = wrk.waitFor();
        Matcher answers = ANSWERS.matcher(said);
        if (status != 0 || !answers.find() || said.contains("Socket errors")) {
            throw new IOException("wrk: exit status " + status + ", " + said.trim());
        }
        long count = Long.parseLong(answers.group(1));
        return new Load.Answers(count, count / Double.parseDouble(answers.group(2)));
    }
}
