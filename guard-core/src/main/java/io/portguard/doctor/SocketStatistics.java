package io.portguard.doctor;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How many connections the accept queues of this network namespace hold, from {@code ss} of iproute2. The kernel tells it
 * over a netlink socket alone, which Java cannot open; {@code /proc} does not have it.
 */
final class SocketStatistics {

    private static final long PATIENCE_SECONDS = 5;

    private SocketStatistics() {}

    /** By port, the sockets of a port together; empty where there is no {@code ss}. */
    static Map<Integer, Integer> capacities() {
        try {
            Process ss = new ProcessBuilder("ss", "-Hltn")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            ss.getOutputStream().close();
            try (BufferedReader lines = ss.inputReader(StandardCharsets.ISO_8859_1)) {
                return capacities(lines.lines().toList());
            } finally {
                if (!ss.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    ss.destroyForcibly();
                }
            }
        } catch (IOException | RuntimeException none) {
            return Map.of();
        } catch (InterruptedException early) {
            Thread.currentThread().interrupt();
            return Map.of();
        }
    }

    /** State, waiting, capacity, local address with port, and more. */
    static Map<Integer, Integer> capacities(List<String> lines) {
        Map<Integer, Integer> capacities = new HashMap<>();
        for (String line : lines) {
            String[] columns = line.trim().split("\\s+", 5);
            if (columns.length == 5 && columns[0].equals("LISTEN")) {
                String port = columns[3].substring(columns[3].lastIndexOf(':') + 1);
                if (port.matches("[0-9]{1,5}") && columns[2].matches("[0-9]{1,9}")) {
                    capacities.merge(Integer.parseInt(port), Integer.parseInt(columns[2]), Integer::sum);
                }
            }
        }
        return capacities;
    }
}
