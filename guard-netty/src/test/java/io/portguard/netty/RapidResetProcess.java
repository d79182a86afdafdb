package io.portguard.netty;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A server or an attacker in a process of its own, which answers each question with a number. */
final class RapidResetProcess implements AutoCloseable {

    private static final String SERVER = "server";
    private static final int STREAMS = 100_000;

    private final Process process;
    private final BufferedReader answers;
    private final int number;

    private RapidResetProcess(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                RapidResetProcess.class.getName()));
        command.addAll(List.of(arguments));
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
        number = answer();
    }

    /** A server with nothing configured, whose number is its port; asked, it says how many requests are in flight. */
    static RapidResetProcess server() throws IOException {
        return new RapidResetProcess(SERVER);
    }

    /** An attacker, which attacks once it is asked, and says then how many connections it has tried. */
    static RapidResetProcess attacker(int port) throws IOException {
        return new RapidResetProcess("attacker", Integer.toString(port));
    }

    int number() {
        return number;
    }

    int ask() {
        try {
            process.getOutputStream().write('\n');
            process.getOutputStream().flush();
            return answer();
        } catch (IOException ended) {
            throw new UncheckedIOException(ended);
        }
    }

    private int answer() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new IOException("the process has ended");
        }
        return Integer.parseInt(line);
    }

    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals(SERVER)) {
            try (LoopbackServer server = new LoopbackServer(Map.of(), Protocol.HTTP_2)) {
                System.out.println(server.port());
                while (System.in.read() >= 0) {
                    Eventually.until("nothing is in flight", () -> server.activeRequests() == 0);
                    System.out.println(server.activeRequests());
                }
            }
        } else {
            System.out.println(0);
            RapidReset attack = new RapidReset(Integer.parseInt(arguments[1]), STREAMS);
            if (System.in.read() >= 0) {
                attack.start();
                attack.join();
                System.out.println(attack.connections());
            }
        }
    }
}
