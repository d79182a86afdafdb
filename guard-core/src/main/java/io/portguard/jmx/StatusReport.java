package io.portguard.jmx;

import io.portguard.Attempt;
import io.portguard.ConnectionStance;
import io.portguard.DecisionCounts;
import io.portguard.Failure;
import io.portguard.GuardSnapshot;
import io.portguard.PressureEvent;
import io.portguard.Reason;
import io.portguard.pressure.PressureMonitor;
import io.portguard.rule.ShadowReport;
import io.portguard.standard.ConnectionChecks;
import io.portguard.standard.StandardGuard;
import io.portguard.wire.Tally;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** The state of a guard in words. */
final class StatusReport {

    private static final int CLIENTS_SHOWN = 10;

    private StatusReport() {}

    static String of(StandardGuard port) {
        GuardSnapshot now = port.status();
        List<String> lines = new ArrayList<>();
        lines.add("guard " + now.name() + ", mode " + now.mode());
        lines.add("requests: " + now.activeRequests() + " in progress of at most " + now.requestLimit() + " ("
                + now.requestCapacity() + " are worked on at once); " + now.admittedRequests() + " admitted, "
                + now.rejectedRequests() + " refused" + byReason(port.guard().counts(Attempt.Kind.REQUEST)));
        DecisionCounts connections = port.guard().counts(Attempt.Kind.CONNECTION);
        lines.add("connections: " + now.activeConnections() + " open of at most " + now.connectionLimit() + "; "
                + connections.admitted() + " admitted, " + connections.rejected() + " refused" + byReason(connections));
        addChecks(lines, port);
        for (ShadowReport.OfRule rule : port.shadowReport()) {
            lines.add("in shadow, " + rule.rule() + " would have refused " + rule.attempts() + ", "
                    + rule.goodAttempts() + " of clients that were good" + goodClients(rule));
        }
        if (now.connectionStance() != ConnectionStance.ACCEPT) {
            lines.add("stance towards connections: " + now.connectionStance());
        }
        port.pressure().report().forEach(source -> lines.add(describe(source)));
        long at = port.guard().clock().nanoTime();
        for (PressureEvent event : port.pressure().events()) {
            lines.add(TimeUnit.NANOSECONDS.toSeconds(at - event.atNanos()) + " s ago: " + event);
        }
        lines.add("clients known: " + now.trackedClients());
        addFailures(lines, port);
        long disbelieved = port.identity().disbelieved();
        if (disbelieved > 0) {
            lines.add("headers of trusted proxies that were not believed: " + disbelieved
                    + " (malformed, too long, or at odds)");
        }
        return String.join("\n", lines);
    }

    private static String goodClients(ShadowReport.OfRule rule) {
        String clients = rule.goodClients().stream()
                .limit(CLIENTS_SHOWN)
                .map(client -> client.client() + " " + client.attempts())
                .collect(Collectors.joining(", "));
        return clients.isEmpty() ? "" : " (" + clients + (rule.goodClients().size() > CLIENTS_SHOWN ? ", …)" : ")");
    }

    /** What was found in first bytes and handshakes; nothing where nothing was. */
    private static void addChecks(List<String> lines, StandardGuard port) {
        ConnectionChecks checks = port.checks();
        add(lines, "TLS handshakes that failed: ", checks.handshakeFailures());
        add(lines, "refused by server name: ", checks.serverNameRefusals());
        add(lines, "wrong protocol in the first bytes: ", checks.wrongProtocols());
        add(lines, "seen by configured signatures: ", checks.signatures());
    }

    /** What clients did wrong, and what came of it; nothing where nothing was. */
    private static void addFailures(List<String> lines, StandardGuard port) {
        String failures = Arrays.stream(Failure.values())
                .filter(failure -> port.penalties().failures(failure) > 0)
                .map(failure -> failure + " " + port.penalties().failures(failure))
                .collect(Collectors.joining(", "));
        if (!failures.isEmpty()) {
            lines.add("failures of clients: " + failures + "; clients banned: "
                    + port.bans().size());
        }
    }

    private static void add(List<String> lines, String what, Tally tally) {
        String counts = tally.counts().entrySet().stream()
                .map(each -> each.getKey() + " " + each.getValue())
                .collect(Collectors.joining(", "));
        if (!counts.isEmpty()) {
            lines.add(what + counts);
        }
    }

    private static String describe(PressureMonitor.SourceReport source) {
        String name = "pressure of " + source.name() + ": ";
        if (Double.isNaN(source.reading())) {
            return name + "unknown" + (source.absentBecause() == null ? "" : ", " + source.absentBecause());
        }
        return String.format(
                Locale.ROOT,
                "%s%.0f %% (asked every %d ms, for %d us)",
                name,
                source.reading() * 100,
                source.interval().toMillis(),
                TimeUnit.NANOSECONDS.toMicros(source.costNanos()));
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
