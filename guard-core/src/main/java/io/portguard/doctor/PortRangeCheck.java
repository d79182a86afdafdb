package io.portguard.doctor;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.Consumer;

/** The range that the kernel takes ports of outgoing connections from: whether it overlaps, and whether it runs out. */
final class PortRangeCheck implements Check {

    private static final String RANGE = "net.ipv4.ip_local_port_range";
    private static final String RESERVED = "net.ipv4.ip_local_reserved_ports";
    private static final double NEARLY_ALL = 0.8;

    @Override
    public void examine(Evidence evidence, Consumer<Finding> findings) {
        List<Long> range = evidence.settings(RANGE);
        if (range.size() != 2) {
            return;
        }
        long first = range.get(0);
        long last = range.get(1);
        NavigableSet<Integer> inRange = new TreeSet<>();
        for (int port : evidence.ports()) {
            if (port >= first && port <= last && !isReserved(evidence, port)) {
                inRange.add(port);
            }
        }
        if (!inRange.isEmpty()) {
            overlap(evidence, inRange, first + " to " + last, findings);
        }
        exhaustion(evidence, last - first + 1, findings);
    }

    private static void overlap(
            Evidence evidence, NavigableSet<Integer> ports, String range, Consumer<Finding> findings) {
        String list = ports.toString().replaceAll("[\\[\\]]", "");
        String seen = (ports.size() == 1 ? "Port " + list + " is" : "Ports " + list + " are")
                + " in the range that outgoing connections take their ports from (" + range + ").";
        String why = "Any outgoing connection of this machine may hold it when the service starts, which then fails:"
                + " address already in use.";
        String mend = "Reserve it: sysctl -w " + RESERVED + "=" + list.replace(" ", "")
                + " (keep what is there already), or take a port outside of the range.";
        findings.accept(
                evidence.subject().ports().isEmpty()
                        ? Finding.note("ephemeral-overlap", seen, why, mend)
                        : Finding.warning("ephemeral-overlap", seen, why, mend));
    }

    /** A list such as {@code 8080,9000-9010}. */
    private static boolean isReserved(Evidence evidence, int port) {
        if (evidence.kernel() == null) {
            return false;
        }
        try {
            for (String part : evidence.kernel().settingText(RESERVED).trim().split(",", -1)) {
                String[] ends = part.split("-", 2);
                int first = Integer.parseInt(ends[0].trim());
                int last = ends.length == 1 ? first : Integer.parseInt(ends[1].trim());
                if (port >= first && port <= last) {
                    return true;
                }
            }
        } catch (IOException | NumberFormatException none) {
            // Nothing is reserved, as far as can be told.
        }
        return false;
    }

    private static void exhaustion(Evidence evidence, long size, Consumer<Finding> findings) {
        evidence.now().sockets().outgoing().entrySet().stream()
                .max(Comparator.comparingInt(Map.Entry::getValue))
                .filter(most -> most.getValue() >= size * NEARLY_ALL)
                .ifPresent(most -> findings.accept(Finding.warning(
                        "ephemeral-exhaustion",
                        most.getValue() + " of " + size + " ports for outgoing connections are used by those to "
                                + most.getKey() + ".",
                        "When none is left, no further connection to it can be made: cannot assign requested address.",
                        "Keep connections to it (a pool with keep-alive); widen the range: sysctl -w " + RANGE
                                + "=\"15000 64999\".")));
    }
}
