package io.portguard.benchmarks.overload;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A proxy in processes of its own, on the loopback interface, with a directory that goes when it goes. */
final class FrontProcess implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(5);

    private final Process process;
    private final Path directory;
    private final int port;

    private FrontProcess(Process process, Path directory, int port) {
        this.process = process;
        this.directory = directory;
        this.port = port;
    }

    /** Starts it before a service, and waits until it listens. */
    static FrontProcess start(Front front, int servicePort) throws IOException, InterruptedException {
        int port = freePort();
        Path directory = Files.createTempDirectory("portguard-" + front);
        Files.writeString(directory.resolve("front.conf"), front.configuration(servicePort, port));
        Process process = new ProcessBuilder(front.command(directory))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        FrontProcess started = new FrontProcess(process, directory, port);
        try {
            started.awaitListening(front);
            return started;
        } catch (IOException | InterruptedException | RuntimeException fault) {
            started.close();
            throw fault;
        }
    }

    int port() {
        return port;
    }

    private void awaitListening(Front front) throws IOException, InterruptedException {
        long giveUp = System.nanoTime() + START.toNanos();
        while (System.nanoTime() - giveUp < 0) {
            // Waits for the process, so that one that ends is noticed at once.
            if (process.waitFor(50, TimeUnit.MILLISECONDS)) {
                break;
            }
            if (isListening()) {
                return;
            }
        }
        throw new IOException(front + " did not listen on port " + port + "; it said: "
                + String.join("\n", Files.readAllLines(directory.resolve("log"))));
    }

    private boolean isListening() throws IOException {
        try (SocketChannel channel = SocketChannel.open()) {
            return channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (ConnectException notYet) {
            return false;
        }
    }

    @Override
    public void close() {
        List<ProcessHandle> workers = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(2, TimeUnit.SECONDS)) {
                workers.forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        deleteDirectory();
    }

    private void deleteDirectory() {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException leftBehind) {
            // Below the directory for temporary files, where the system clears up.
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
