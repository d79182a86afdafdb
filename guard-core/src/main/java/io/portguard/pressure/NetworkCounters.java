package io.portguard.pressure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The kernel's counters of connections it had to drop, from {@code /proc/net/netstat}: all ports of the network
 * namespace together. Linux only.
 */
public final class NetworkCounters {

    private static final String GROUP = "TcpExt:";

    private final Path netstat;

    public NetworkCounters() {
        this(Path.of("/proc/net/netstat"));
    }

    NetworkCounters(Path netstat) {
        this.netstat = netstat;
    }

    /** How often an accept queue was full when a connection was to be put in ({@code ListenOverflows}); -1 unknown. */
    public long listenOverflows() {
        return read("ListenOverflows");
    }

    private long read(String counter) {
        try {
            List<String> lines = Files.readAllLines(netstat, StandardCharsets.ISO_8859_1);
            for (int i = 0; i + 1 < lines.size(); i += 2) {
                if (lines.get(i).startsWith(GROUP)) {
                    List<String> names = List.of(lines.get(i).split(" ", -1));
                    return Long.parseLong(lines.get(i + 1).split(" ", -1)[names.indexOf(counter)]);
                }
            }
        } catch (IOException | RuntimeException unreadable) {
            // Absent on other systems, and where /proc is locked down.
        }
        return -1;
    }
}
