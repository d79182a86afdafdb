package io.portguard.doctor;

import io.portguard.proc.ProcProcess.Descriptors;
import java.util.HashSet;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

/** The process's descriptors: how many there may be, how many there are, and whether they leak. */
final class DescriptorCheck implements Check {

    private static final double MANY = 0.8;
    private static final double NEARLY_ALL = 0.95;
    private static final int LOW_LIMIT = 4_096;
    private static final int ADVISED_LIMIT = 65_535;
    private static final int MUCH_GROWTH = 50;
    private static final int MANY_LEAKED = 100;

    @Override
    public void examine(Evidence evidence, Consumer<Finding> findings) {
        Descriptors before = evidence.before().descriptors();
        Descriptors now = evidence.now().descriptors();
        OptionalLong max = evidence.maxDescriptors();
        if (before == null || now == null) {
            return;
        }
        if (max.isPresent()) {
            used(evidence, now.count(), max.getAsLong(), findings);
            limit(max.getAsLong(), findings);
        }
        int connections =
                evidence.now().sockets().open() - evidence.before().sockets().open();
        int grown = now.count() - before.count() - Math.max(0, connections);
        if (grown >= MUCH_GROWTH) {
            findings.accept(Finding.warning(
                    "descriptor-growth",
                    "The process opened " + grown + " more descriptors between two looks than its port has new"
                            + " connections; it has " + now.count() + ".",
                    "If that goes on, they leak, and none will be left.",
                    "Look again in a minute. See what they are: ls -l /proc/" + evidence.pidText() + "/fd"));
        }
        leaked(evidence, before, now, findings);
    }

    private static void used(Evidence evidence, int count, long max, Consumer<Finding> findings) {
        double part = (double) count / max;
        if (part < MANY) {
            return;
        }
        String seen = "The process has " + count + " of at most " + max + " descriptors open.";
        String why = "Without a free descriptor it accepts no connection, opens no file, and logs nothing.";
        String mend = "Raise the limit (LimitNOFILE= of its systemd unit, ulimit -n) and restart; see what they are:"
                + " ls -l /proc/" + evidence.pidText()
                + "/fd. guard.connections.max keeps connections below 80 % of the limit.";
        findings.accept(
                part >= NEARLY_ALL
                        ? Finding.critical("descriptors", seen, why, mend)
                        : Finding.warning("descriptors", seen, why, mend));
    }

    private static void limit(long max, Consumer<Finding> findings) {
        if (max >= ADVISED_LIMIT) {
            return;
        }
        String seen = "The process may have " + max + " descriptors open (advised: " + ADVISED_LIMIT + " and more).";
        String why = "Each connection takes one, and each file and each connection to a database.";
        String mend =
                "LimitNOFILE=65535 in its systemd unit, ulimit -n 65535, or --ulimit nofile=65535 for a container;"
                        + " then restart.";
        findings.accept(
                max < LOW_LIMIT
                        ? Finding.warning("descriptor-limit", seen, why, mend)
                        : Finding.note("descriptor-limit", seen, why, mend));
    }

    /** Sockets that no table lists are neither connected nor listening; the same ones in both looks were not just made. */
    private static void leaked(Evidence evidence, Descriptors before, Descriptors now, Consumer<Finding> findings) {
        Set<Long> lasting = new HashSet<>(now.sockets());
        lasting.retainAll(new HashSet<>(before.sockets()));
        long leaked = lasting.stream()
                .filter(socket -> !evidence.now().sockets().has(socket)
                        && !evidence.before().sockets().has(socket)
                        && !evidence.otherSockets().contains(socket))
                .count();
        if (leaked >= MANY_LEAKED) {
            findings.accept(Finding.warning(
                    "leaked-sockets",
                    leaked + " sockets of the process are neither connected nor listening.",
                    "They were made and never connected, or their connections have ended and nobody closed them. Each"
                            + " holds a descriptor until the process ends.",
                    "Close sockets and channels in finally, also when connecting fails; see them: ls -l /proc/"
                            + evidence.pidText() + "/fd"));
        }
    }
}
