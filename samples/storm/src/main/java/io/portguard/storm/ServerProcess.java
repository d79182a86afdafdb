package io.portguard.storm;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A service in a process of its own, which ends with {@link #close()}, and in any case with this program. */
final class ServerProcess implements AutoCloseable {

    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
    private static final int LOG_LINES = 15;

    private final Children children;
    private final Process process;
    private final int port;
    private final Path log;

    private ServerProcess(Children children, Process process, int port, Path log) {
        this.children = children;
        this.process = process;
        this.port = port;
        this.log = log;
    }

    /**
     * Starts a service and waits until it answers.
     *
     * @throws IOException if it cannot be started, ends, or does not answer within a minute
     */
    static ServerProcess start(Children children, Path jar, Subject subject, Path log)
            throws IOException, InterruptedException {
        int port = freePort();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                jar.toString(),
                "--server.port=" + port));
        command.addAll(subject.arguments());
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        ServerProcess server = new ServerProcess(children, children.start(builder), port, log);
        try {
            server.awaitReady();
            return server;
        } catch (IOException | InterruptedException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    int port() {
        return port;
    }

    Path log() {
        return log;
    }

    /** CPU time used so far; zero where the system does not say. */
    Duration cpuTime() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    @Override
    public void close() {
        children.end(process);
    }

    private void awaitReady() throws IOException, InterruptedException {
        HttpClient client =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();
        HttpRequest hello = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/hello"))
                .timeout(Duration.ofSeconds(1))
                .build();
        long giveUp = System.nanoTime() + START_TIMEOUT.toNanos();
        while (System.nanoTime() < giveUp) {
            // Waits for the process, so one that ends is noticed at once.
            if (process.waitFor(100, TimeUnit.MILLISECONDS)) {
                throw new IOException("the service ended with exit code " + process.exitValue() + " as it started; "
                        + log + " ends with:\n" + logEnd());
            }
            try {
                if (client.send(hello, BodyHandlers.discarding()).statusCode() == 200) {
                    return;
                }
            } catch (IOException e) {
                // Not listening yet.
            }
        }
        throw new IOException("the service did not answer GET /hello on port " + port + " within "
                + START_TIMEOUT.toSeconds() + " s; " + log + " ends with:\n" + logEnd());
    }

    private String logEnd() throws IOException {
        List<String> lines = Files.readAllLines(log);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
