package io.portguard.benchmarks.server;

import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A subject in a process of its own, which tells how much processor time it has used. Not thread-safe. */
public final class SubjectProcess implements AutoCloseable {

    private final Process process;
    private final BufferedReader answers;
    private final OutputStream questions;
    private final int port;

    private SubjectProcess(Process process) throws IOException {
        this.process = process;
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
        questions = process.getOutputStream();
        port = (int) answer();
    }

    /**
     * Starts a subject.
     *
     * @param main what runs in the process: finds the subject by its name, its one argument, and {@link #serve}s it
     */
    public static SubjectProcess start(Class<?> main, Subject subject) throws IOException {
        Path log = Files.createTempFile("portguard-subject", ".log");
        log.toFile().deleteOnExit();
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xms512m",
                        "-Xmx512m",
                        "-XX:+AlwaysPreTouch",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        main.getName(),
                        subject.name())
                .redirectError(log.toFile())
                .start();
        try {
            return new SubjectProcess(process);
        } catch (IOException fault) {
            process.destroyForcibly();
            throw new IOException(
                    subject.name() + " did not start; it said:\n" + String.join("\n", Files.readAllLines(log)), fault);
        }
    }

    /** Where it listens. */
    public int port() {
        return port;
    }

    /** Processor time that the process has used so far. */
    long cpuNanos() throws IOException {
        questions.write('\n');
        questions.flush();
        return answer();
    }

    private long answer() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new IOException("the process has ended");
        }
        return Long.parseLong(line);
    }

    @Override
    public void close() throws IOException {
        questions.close();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** In the process itself: starts the subject and prints its port, then the processor time for each line read. */
    public static void serve(Subject subject) throws Exception {
        // What a library prints must not come between the answers.
        PrintStream out = System.out;
        System.setOut(System.err);
        out.println(subject.server().start());
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        for (int read = System.in.read(); read >= 0; read = System.in.read()) {
            out.println(system.getProcessCpuTime());
        }
        System.exit(0);
    }
}
