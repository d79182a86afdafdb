package io.portguard.benchmarks;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Processes that hold established connections on loopback, both ends of each, as many processes as their descriptor
 * limits ask for. Closing it ends them.
 */
final class ConnectionHolder implements AutoCloseable {

    private static final int OTHER_DESCRIPTORS = 300;
    private static final int MOST_OF_ONE_PROCESS = 10_000;

    private final List<Process> processes = new ArrayList<>();

    /** Holds so many connections; returns when all are established. */
    static ConnectionHolder hold(int connections, ProtocolFamily family) throws IOException {
        ConnectionHolder holder = new ConnectionHolder();
        try {
            for (int left = connections; left > 0; left -= perProcess()) {
                holder.start(Math.min(left, perProcess()), family);
            }
            return holder;
        } catch (IOException | RuntimeException failed) {
            holder.close();
            throw failed;
        }
    }

    private static int perProcess() {
        long limit = ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : 4_096;
        return (int) Math.max(1, Math.min((limit - OTHER_DESCRIPTORS) / 2, MOST_OF_ONE_PROCESS));
    }

    private void start(int connections, ProtocolFamily family) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ConnectionHolder.class.getName(),
                        Integer.toString(connections),
                        family.name())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        processes.add(process);
        if (process.getInputStream().read() != '.') {
            throw new IOException(connections + " connections could not be opened");
        }
    }

    @Override
    public void close() {
        processes.forEach(Process::destroyForcibly);
        for (Process process : processes) {
            try {
                process.waitFor();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Opens them, says so with a dot, and holds them until standard input ends. */
    public static void main(String[] args) throws IOException {
        int connections = Integer.parseInt(args[0]);
        StandardProtocolFamily family = StandardProtocolFamily.valueOf(args[1]);
        List<SocketChannel> open = new ArrayList<>(2 * connections);
        try (ServerSocketChannel server = ServerSocketChannel.open(family)) {
            server.bind(new InetSocketAddress(loopback(family), 0), 128);
            for (int i = 0; i < connections; i++) {
                open.add(SocketChannel.open(server.getLocalAddress()));
                open.add(server.accept());
            }
            System.out.print('.');
            System.out.flush();
            System.in.transferTo(OutputStream.nullOutputStream());
            open.forEach(ConnectionHolder::close);
        }
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException gone) {
            // The process ends, and all its sockets with it.
        }
    }

    static InetAddress loopback(ProtocolFamily family) throws IOException {
        return InetAddress.getByAddress(
                family == StandardProtocolFamily.INET
                        ? new byte[] {127, 0, 0, 1}
                        : new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
    }
}
