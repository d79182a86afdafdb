package io.portguard.jmx;

import io.portguard.Attempt;
import io.portguard.DecisionCounts;
import io.portguard.GuardSnapshot;
import io.portguard.Mode;
import io.portguard.Reason;
import io.portguard.pressure.NetworkDrops;
import io.portguard.standard.ConnectionChecks;
import io.portguard.standard.StandardGuard;
import io.portguard.wire.Tally;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The state of a guarded port in words: first what is wrong, then how it is. */
final class StatusReport {

    private StatusReport() {}

    static String of(StandardGuard port) {
        GuardSnapshot now = port.status();
        List<String> lines = new ArrayList<>();
        addTroubles(lines, port, now);
        if (lines.isEmpty()) {
            lines.add("Nothing is wrong.");
        }
        lines.add("");
        lines.add("guard " + now.name() + ", mode " + now.mode());
        lines.add("requests: " + now.activeRequests() + " in progress of at most " + now.requestLimit() + " ("
                + now.requestCapacity() + " are worked on at once); " + now.admittedRequests() + " admitted, "
                + now.rejectedRequests() + " refused" + byReason(port.guard().counts(Attempt.Kind.REQUEST)));
        DecisionCounts connections = port.guard().counts(Attempt.Kind.CONNECTION);
        lines.add("connections: " + now.activeConnections() + " open of at most " + now.connectionLimit() + "; "
                + connections.admitted() + " admitted, " + connections.rejected() + " refused" + byReason(connections));
        addChecks(lines, port);
        now.pressure()
                .forEach((source, reading) ->
                        lines.add(String.format(Locale.ROOT, "pressure of %s: %.0f %%", source, reading * 100)));
        lines.add("clients known: " + now.trackedClients());
        return String.join("\n", lines);
    }

    private static void addTroubles(List<String> lines, StandardGuard port, GuardSnapshot now) {
        if (now.sheddingLevel() > 0) {
            lines.add("Load is being shed: level " + now.sheddingLevel() + " of 511.");
        }
        if (now.activeRequests() >= now.requestLimit() && now.mode() == Mode.ENFORCE) {
            lines.add("All " + now.requestLimit() + " places for requests are taken.");
        }
        if (now.backlogCapacity() > 0 && now.backlogDepth() * 2 > now.backlogCapacity()) {
            lines.add(now.backlogDepth() + " connections wait to be accepted, there is room for "
                    + now.backlogCapacity() + ".");
        }
        if (port.pressure().dropped(NetworkDrops.Counter.OVERFLOW) > 0) {
            lines.add("Since the network is up, accept queues overflowed "
                    + port.pressure().dropped(NetworkDrops.Counter.OVERFLOW)
                    + " times (of any port of this network namespace).");
        }
        if (now.faults() > 0) {
            lines.add(
                    "The guard itself failed " + now.faults() + " times and let those attempts through; see the log.");
        }
        lines.addAll(port.notices());
        port.bans().forEach((client, seconds) -> lines.add(client + " is banned for " + seconds + " s more."));
    }

    /** What was found in first bytes and handshakes; nothing where nothing was. */
    private static void addChecks(List<String> lines, StandardGuard port) {
        ConnectionChecks checks = port.checks();
        add(lines, "TLS handshakes that failed: ", checks.handshakeFailures());
        add(lines, "refused by server name: ", checks.serverNameRefusals());
        add(lines, "wrong protocol in the first bytes: ", checks.wrongProtocols());
        add(lines, "seen by configured signatures: ", checks.signatures());
    }

    private static void add(List<String> lines, String what, Tally tally) {
        String counts = tally.counts().entrySet().stream()
                .map(each -> each.getKey() + " " + each.getValue())
                .collect(Collectors.joining(", "));
        if (!counts.isEmpty()) {
            lines.add(what + counts);
        }
    }

    private static String byReason(DecisionCounts counts) {
        StringBuilder text = new StringBuilder();
        for (Reason reason : Reason.values()) {
            long count = counts.rejected(reason) + counts.wouldReject(reason);
            if (count > 0) {
                text.append(text.isEmpty() ? " (" : ", ")
                        .append(reason)
                        .append(' ')
                        .append(count);
            }
        }
        return text.isEmpty() ? "" : text.append(')').toString();
    }
}
