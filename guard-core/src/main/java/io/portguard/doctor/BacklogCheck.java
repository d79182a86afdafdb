package io.portguard.doctor;

import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * The accept queues: how full they are, how much they hold, and how often one overflowed. Kernel:
 * Documentation/networking/ip-sysctl.rst (somaxconn), listen(2).
 */
final class BacklogCheck implements Check {

    static final String OVERFLOWS = "TcpExt:ListenOverflows";

    private static final double FILLING = 0.5;

    /** The backlog of a {@code ServerSocket} that was told none: no queue that is known to be in use is smaller. */
    private static final int SMALLEST_USUAL = 50;

    private static final int SMALL = 128;
    private static final int LOW_SOMAXCONN = 1024;

    @Override
    public void examine(Evidence evidence, Consumer<Finding> findings) {
        for (int port : evidence.ports()) {
            examine(evidence, port, findings);
        }
        overflows(evidence, findings);
        OptionalLong somaxconn = evidence.setting("net.core.somaxconn");
        if (somaxconn.isPresent() && somaxconn.getAsLong() < LOW_SOMAXCONN) {
            findings.accept(Finding.warning(
                    "somaxconn-low",
                    "No accept queue may hold more than " + somaxconn.getAsLong() + " connections.",
                    "Whatever backlog a service asks for is cut to that; a burst of new connections is dropped.",
                    "sysctl -w net.core.somaxconn=4096 (the kernel's default since 5.4), then restart the service."));
        }
    }

    private static void examine(Evidence evidence, int port, Consumer<Finding> findings) {
        long waiting = evidence.now().sockets().waiting(port);
        long standing = Math.min(waiting, evidence.before().sockets().waiting(port));
        int capacity = evidence.capacities().getOrDefault(port, 0);
        String why = "The process accepts more slowly than clients come; when the queue is full, the kernel drops"
                + " connections and clients wait a second or more before they try again.";
        String mend = "Find out why it does not accept (jcmd " + evidence.pidText()
                + " Thread.print); shed load, add instances, and raise the backlog (server.tomcat.accept-count in Spring Boot).";
        if (capacity > 0 && waiting >= capacity) {
            findings.accept(Finding.critical(
                    "backlog-full",
                    "The accept queue of port " + port + " is full: " + waiting + " connections wait, it holds "
                            + capacity + ".",
                    why,
                    mend));
        } else if (capacity > 0 ? waiting >= capacity * FILLING : standing >= SMALLEST_USUAL) {
            findings.accept(Finding.warning(
                    "backlog-filling",
                    waiting + " connections wait to be accepted on port " + port
                            + (capacity > 0 ? "; the queue holds " + capacity + "." : "."),
                    why,
                    mend));
        }
        OptionalLong somaxconn = evidence.setting("net.core.somaxconn");
        if (capacity > 0 && capacity < SMALL && somaxconn.isPresent() && capacity < somaxconn.getAsLong()) {
            findings.accept(Finding.note(
                    "backlog-small",
                    "The accept queue of port " + port + " holds " + capacity + " connections; the kernel allows "
                            + somaxconn.getAsLong() + ".",
                    "A burst of new connections above that is dropped when the process is held up for a moment.",
                    "Ask for more: server.tomcat.accept-count in Spring Boot, SO_BACKLOG in Netty."));
        }
    }

    private static void overflows(Evidence evidence, Consumer<Finding> findings) {
        long now = evidence.grown(OVERFLOWS);
        long total = evidence.total(OVERFLOWS);
        if (now > 0) {
            findings.accept(Finding.critical(
                    "backlog-overflowing",
                    "Accept queues overflow right now: " + now + " times between two looks, " + total
                            + " since the network is up.",
                    "Each is a connection that the kernel dropped. It counts all ports together; the one whose queue"
                            + " is full is the one.",
                    "See what the port with the full queue waits for; raise its backlog and net.core.somaxconn."));
        } else if (total > 0) {
            findings.accept(Finding.note(
                    "backlog-overflowed",
                    "Accept queues overflowed " + total + " times since the network is up, none of it just now.",
                    "Connections were dropped at some time, of some port.",
                    "Watch guard.backlog.overflows, or: nstat -az TcpExtListenOverflows"));
        }
    }
}
