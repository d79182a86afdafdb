package io.portguard.pressure;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How full the accept queue of a listening port is: connections that the kernel has completed and the process
 * has not accepted. Linux only; elsewhere, or where {@code /proc} cannot be read, absent.
 *
 * <p>Read from {@code /proc/net/tcp} and {@code tcp6}, which list listening sockets first (net/ipv4/tcp_ipv4.c,
 * tcp_seq_start), so that reading stops at the first line that is none; their {@code rx_queue} is the number of
 * connections in the queue. Its capacity is not to be seen there: it is the backlog that the port was bound
 * with, at most {@code net.core.somaxconn}.
 */
public final class ListenBacklog implements PressureSource {

    private static final String LISTEN = "0A";
    private static final int STATE_COLUMN = 3;
    private static final int QUEUES_COLUMN = 4;
    private static final int ADDRESS_COLUMN = 1;

    private final Path proc;
    private volatile @Nullable Port port;
    private volatile long depth = -1;

    private record Port(int number, String suffix, int capacity) {}

    /** Watches nothing until it is told which port. */
    public ListenBacklog() {
        this(Path.of("/proc"));
    }

    /** Reads below another folder than {@code /proc}. */
    ListenBacklog(Path proc) {
        this.proc = proc;
    }

    /**
     * Watches a port of this machine from now on, all sockets that listen on it.
     *
     * @param number 1 to 65535
     * @param backlog that the port was bound with; the kernel's own limit is taken into account
     */
    public void watch(int number, int backlog) {
        if (number < 1 || number > 65_535 || backlog < 1) {
            throw new IllegalArgumentException("port: " + number + ", backlog: " + backlog
                    + " (expected: a port from 1 to 65535 and a backlog above 0)");
        }
        int capacity = Math.min(backlog, somaxconn());
        port = new Port(number, String.format(Locale.ROOT, ":%04X", number), capacity);
    }

    @Override
    public String name() {
        return "backlog";
    }

    /** Reading it costs some 0.2 ms. */
    @Override
    public Duration interval() {
        return Duration.ofMillis(100);
    }

    @Override
    public double sample(long nowNanos) {
        Port watched = port;
        if (watched == null) {
            return ABSENT;
        }
        if (!Files.exists(proc.resolve("net/tcp")) && !Files.exists(proc.resolve("net/tcp6"))) {
            depth = -1;
            return ABSENT;
        }
        try {
            depth = depthIn("net/tcp", watched.suffix) + depthIn("net/tcp6", watched.suffix);
            return (double) depth / watched.capacity;
        } catch (IOException | RuntimeException unreadable) {
            depth = -1;
            return ABSENT;
        }
    }

    /** Connections in the queue when it was last sampled; -1 when it could not be told. */
    public long depth() {
        return depth;
    }

    /** How many connections fit in the queue; -1 when no port is watched. */
    public int capacity() {
        Port watched = port;
        return watched == null ? -1 : watched.capacity;
    }

    /** The port that is watched; -1 when there is none. */
    public int port() {
        Port watched = port;
        return watched == null ? -1 : watched.number;
    }

    private long depthIn(String file, String portSuffix) throws IOException {
        Path path = proc.resolve(file);
        if (!Files.exists(path)) {
            return 0;
        }
        long found = 0;
        try (BufferedReader lines = Files.newBufferedReader(path, StandardCharsets.ISO_8859_1)) {
            lines.readLine();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] columns = line.trim().split("\\s+", QUEUES_COLUMN + 2);
                if (columns.length <= QUEUES_COLUMN || !columns[STATE_COLUMN].equals(LISTEN)) {
                    break;
                }
                if (columns[ADDRESS_COLUMN].endsWith(portSuffix)) {
                    String queues = columns[QUEUES_COLUMN];
                    found += Long.parseLong(queues.substring(queues.indexOf(':') + 1), 16);
                }
            }
        }
        return found;
    }

    private int somaxconn() {
        // Read with a buffer: Files.readString reads byte by byte where a file says it is empty, as those of /proc do,
        // and below /proc/sys every read but the first finds the end.
        try (BufferedReader file =
                Files.newBufferedReader(proc.resolve("sys/net/core/somaxconn"), StandardCharsets.ISO_8859_1)) {
            String number = file.readLine();
            return number == null ? Integer.MAX_VALUE : Integer.parseInt(number.trim());
        } catch (IOException | RuntimeException unknown) {
            return Integer.MAX_VALUE;
        }
    }
}
