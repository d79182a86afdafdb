package io.portguard.doctor;

import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What is to be examined. Immutable.
 *
 * @param ports 1 to 65535 each; empty for every port that somebody, or the process, listens on
 * @param pid of the process that ought to listen there; 0 for whichever does
 * @param isStarting whether the process is about to listen and does not yet
 * @param declared the ports that the process is meant to listen on; empty when nobody said
 * @param capacities how many connections the accept queues of ports hold, as far as that is known
 */
public record Subject(
        NavigableSet<Integer> ports,
        long pid,
        boolean isStarting,
        Set<Integer> declared,
        Map<Integer, Integer> capacities) {

    public Subject {
        for (int port : ports) {
            if (port < 1 || port > 65_535) {
                throw new IllegalArgumentException("port: " + port + " (expected: 1 to 65535)");
            }
        }
        if (pid < 0) {
            throw new IllegalArgumentException("pid: " + pid + " (expected: a number above 0)");
        }
        ports = new TreeSet<>(ports);
        declared = Set.copyOf(declared);
        capacities = Map.copyOf(capacities);
    }

    /** What an operator asks for: a process (0 for any) is meant to listen on these ports and no others. */
    public static Subject of(Set<Integer> ports, long pid) {
        return new Subject(new TreeSet<>(ports), pid, false, pid > 0 ? ports : Set.of(), Map.of());
    }

    /** This process, which is about to listen on these ports: there are no connections to look at yet. */
    public static Subject starting(Set<Integer> ports) {
        return new Subject(new TreeSet<>(ports), ProcessHandle.current().pid(), true, Set.of(), Map.of());
    }

    /** The same, knowing how many connections the accept queues hold, by port. */
    public Subject withCapacities(Map<Integer, Integer> known) {
        return new Subject(ports, pid, isStarting, declared, known);
    }

    /** The same, knowing all ports that the process is meant to listen on. */
    public Subject withDeclared(Set<Integer> known) {
        return new Subject(ports, pid, isStarting, known, capacities);
    }

    boolean hasPid() {
        return pid > 0;
    }

    @Override
    public String toString() {
        String process = hasPid() ? "process " + pid : "";
        if (ports.isEmpty()) {
            return hasPid() ? process : "every port";
        }
        String list = ports.stream().map(String::valueOf).collect(Collectors.joining(", "));
        return (ports.size() == 1 ? "port " : "ports ") + list + (hasPid() ? " of " + process : "");
    }
}
