package io.portguard.jmx;

import io.portguard.Attempt;
import io.portguard.DecisionCounts;
import io.portguard.GuardSnapshot;
import io.portguard.Mode;
import io.portguard.Reason;
import io.portguard.standard.StandardGuard;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

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
        if (port.backlogOverflows() > 0) {
            lines.add("Since the network is up, accept queues overflowed " + port.backlogOverflows()
                    + " times (of any port of this network namespace).");
        }
        if (now.faults() > 0) {
            lines.add(
                    "The guard itself failed " + now.faults() + " times and let those attempts through; see the log.");
        }
        lines.addAll(port.notices());
        port.bans().forEach((client, seconds) -> lines.add(client + " is banned for " + seconds + " s more."));
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
