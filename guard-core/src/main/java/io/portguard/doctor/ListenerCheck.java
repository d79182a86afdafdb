package io.portguard.doctor;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Who listens: on the ports that were asked for, and on others that nobody declared. */
final class ListenerCheck implements Check {

    @Override
    public void examine(Evidence evidence, Consumer<Finding> findings) {
        if (evidence.subject().isStarting()) {
            // Binding will tell, and later than this.
            return;
        }
        for (int port : evidence.subject().ports()) {
            List<Listener> all = evidence.listeners().stream()
                    .filter(listener -> listener.port() == port)
                    .toList();
            if (evidence.subject().hasPid()) {
                ofProcess(evidence, port, all, findings);
            } else if (all.isEmpty()) {
                findings.accept(Finding.note(
                        "not-listening",
                        "Nobody listens on port " + port + ".",
                        "A service can take it; whoever connects to it now is refused.",
                        "If a service should be there: start it, or look at its log; it may listen on another port."));
            } else {
                shared(evidence, port, all, findings);
            }
        }
        if (!evidence.subject().declared().isEmpty()) {
            undeclared(evidence, findings);
        }
    }

    private static void ofProcess(Evidence evidence, int port, List<Listener> all, Consumer<Finding> findings) {
        long pid = evidence.subject().pid();
        if (all.stream().anyMatch(listener -> evidence.isOfProcess(listener.inode()))) {
            shared(evidence, port, all, findings);
        } else if (!all.isEmpty()) {
            findings.accept(Finding.critical(
                    "port-taken",
                    "Port " + port + " is taken: " + describe(evidence, all) + ".",
                    "Process " + pid + " cannot listen on it; its start fails, or its clients reach somebody else.",
                    "End the other one (" + kill(evidence, all) + "), or use another port (server.port in Spring"
                            + " Boot)."));
        } else {
            findings.accept(Finding.warning(
                    "not-listening",
                    "Process " + pid + " does not listen on port " + port + ", and nobody else does.",
                    "Clients of that port are refused. It listens on " + ports(evidence.listenersOfProcess()) + ".",
                    "Look at its log; if it is still starting, look again when it is up."));
        }
    }

    /** Several sockets are in order: one for each address, or SO_REUSEPORT. Several processes are worth knowing. */
    private static void shared(Evidence evidence, int port, List<Listener> all, Consumer<Finding> findings) {
        Set<Long> pids = all.stream()
                .flatMap(listener -> evidence.holders().of(listener).stream())
                .map(Holder::pid)
                .collect(Collectors.toCollection(TreeSet::new));
        if (pids.size() > 1) {
            findings.accept(Finding.note(
                    "shared-port",
                    pids.size() + " processes listen on port " + port + ": " + describe(evidence, all) + ".",
                    "The kernel spreads connections over them, or one inherited the socket and never accepts.",
                    "In order for workers that share a port; otherwise end those that should not be there."));
        }
    }

    private static void undeclared(Evidence evidence, Consumer<Finding> findings) {
        List<Listener> undeclared = evidence.listenersOfProcess().stream()
                .filter(listener -> !evidence.subject().declared().contains(listener.port()))
                .toList();
        List<Listener> reachable =
                undeclared.stream().filter(listener -> !listener.isLoopback()).toList();
        if (!reachable.isEmpty()) {
            findings.accept(Finding.warning(
                            "undeclared-listener",
                            "The process also listens on " + ports(reachable) + ", which nobody declared.",
                            "Every open port is one more way in: a debugger's (JDWP) or JMX port hands the process to"
                                    + " whoever reaches it.",
                            "Close what is not needed, or bind it to 127.0.0.1. What is meant to be open is declared"
                                    + " by another --port, or by management.server.port in Spring Boot.")
                    .answering(Controls.LISTENERS));
        } else if (!undeclared.isEmpty()) {
            findings.accept(Finding.note(
                            "undeclared-listener",
                            "The process also listens on " + ports(undeclared)
                                    + ", which nobody declared; only this machine reaches it.",
                            "Every open port is one more way in.",
                            "Close what is not needed.")
                    .answering(Controls.LISTENERS));
        }
    }

    private static String ports(List<Listener> listeners) {
        return listeners.isEmpty()
                ? "no port"
                : listeners.stream().map(Listener::toString).sorted().collect(Collectors.joining(", "));
    }

    private static String describe(Evidence evidence, List<Listener> listeners) {
        return listeners.stream().map(evidence.holders()::describe).collect(Collectors.joining("; "));
    }

    private static String kill(Evidence evidence, List<Listener> listeners) {
        return listeners.stream()
                .flatMap(listener -> evidence.holders().of(listener).stream())
                .map(holder -> "kill " + holder.pid())
                .distinct()
                .reduce((a, b) -> a + ", " + b)
                .orElse("find it with: ss -lntp, as root");
    }
}
