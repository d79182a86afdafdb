package io.portguard.doctor;

import io.portguard.IpAddress;
import io.portguard.proc.CgroupMemory;
import io.portguard.proc.ProcProcess.Descriptors;
import io.portguard.proc.TcpState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A diagnosis for people: first the verdict, then what is wrong, the worst first, then how it is. */
final class TextReport {

    private static final int WIDTH = 80;
    private static final int LABEL = 13;
    private static final int SOME_CLIENTS = 5;
    private static final int SOME_LISTENERS = 20;

    private final StringBuilder text = new StringBuilder();

    private TextReport() {}

    static String of(Diagnosis diagnosis, @Nullable Evidence evidence) {
        TextReport report = new TextReport();
        report.verdict(diagnosis);
        diagnosis.findings().forEach(report::finding);
        if (evidence != null) {
            report.state(evidence);
        }
        if (!diagnosis.unseen().isEmpty()) {
            report.text.append("\nNot seen\n");
            diagnosis.unseen().forEach(sentence -> report.wrap("  - ", "    ", sentence));
        }
        return report.text.toString();
    }

    /** The findings that are more than notes, and nothing else. */
    static String troubles(Diagnosis diagnosis) {
        TextReport report = new TextReport();
        diagnosis.findings().stream().filter(Finding::isTrouble).forEach(report::finding);
        return report.text.toString();
    }

    private void verdict(Diagnosis diagnosis) {
        List<String> counts = new ArrayList<>();
        for (Severity severity : Severity.values()) {
            long count = diagnosis.findings().stream()
                    .filter(finding -> finding.severity() == severity)
                    .count();
            if (count > 0) {
                counts.add(count + " " + severity + (count > 1 && severity != Severity.CRITICAL ? "s" : ""));
            }
        }
        String subject = diagnosis.subject().toString();
        wrap(
                "",
                "",
                subject.substring(0, 1).toUpperCase(Locale.ROOT) + subject.substring(1) + ": "
                        + (diagnosis.isSound() ? "sound" : "")
                        + (diagnosis.isSound() && !counts.isEmpty() ? ", " : "")
                        + String.join(", ", counts) + ".");
    }

    private void finding(Finding finding) {
        text.append('\n');
        String label = finding.severity().name();
        wrap(String.format(Locale.ROOT, "%-10s", label), "          ", finding.seen());
        wrap("  why     ", "          ", finding.why());
        wrap("  do      ", "          ", finding.mend());
        if (finding.control() != null) {
            wrap("  control ", "          ", finding.control());
        }
    }

    private void state(Evidence evidence) {
        text.append("\nState\n");
        List<Listener> listeners = evidence.listeners();
        listeners.stream().limit(SOME_LISTENERS).forEach(listener -> listener(evidence, listener));
        if (listeners.size() > SOME_LISTENERS) {
            row("", "and " + (listeners.size() - SOME_LISTENERS) + " more");
        }
        if (listeners.isEmpty()) {
            row("listening", "nobody");
        }
        Map<TcpState, Integer> connections = evidence.now().sockets().connections();
        row(
                "connections",
                connections.isEmpty()
                        ? "none"
                        : connections.entrySet().stream()
                                .map(each -> each.getValue() + " " + name(each.getKey()))
                                .collect(Collectors.joining(", ")));
        clients(evidence.now().sockets().clients());
        row(
                "overflows",
                evidence.grown(BacklogCheck.OVERFLOWS) + " between two looks, " + evidence.total(BacklogCheck.OVERFLOWS)
                        + " since the network is up (all ports)");
        process(evidence);
        kernel(evidence);
    }

    private void listener(Evidence evidence, Listener listener) {
        Integer capacity = evidence.capacities().get(listener.port());
        row(
                "listening",
                evidence.holders().describe(listener) + "; accept queue " + listener.waiting()
                        + (capacity == null ? "" : " of " + capacity));
    }

    private void clients(Map<IpAddress, Integer> clients) {
        if (clients.isEmpty()) {
            return;
        }
        String most = clients.entrySet().stream()
                .sorted(Map.Entry.<IpAddress, Integer>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(SOME_CLIENTS)
                .map(each -> each.getKey() + " " + each.getValue())
                .collect(Collectors.joining(", "));
        row(
                "clients",
                most + (clients.size() > SOME_CLIENTS ? " and " + (clients.size() - SOME_CLIENTS) + " more" : ""));
    }

    private void process(Evidence evidence) {
        Descriptors before = evidence.before().descriptors();
        Descriptors now = evidence.now().descriptors();
        OptionalLong max = evidence.maxDescriptors();
        if (before != null && now != null) {
            row(
                    "descriptors",
                    now.count()
                            + (max.isPresent() ? " of " + max.getAsLong() : "")
                            + (now.count() == before.count()
                                    ? ""
                                    : String.format(
                                            Locale.ROOT, " (%+d between two looks)", now.count() - before.count())));
        }
        CgroupMemory memory = evidence.now().memory();
        if (memory != null && memory.used().isPresent()) {
            row(
                    "memory",
                    (memory.used().getAsLong() >> 20) + " MiB"
                            + (memory.limit().isPresent()
                                    ? " of " + (memory.limit().getAsLong() >> 20) + " MiB"
                                    : ", no limit")
                            + " (control group)");
        }
    }

    private void kernel(Evidence evidence) {
        List<String> settings = new ArrayList<>();
        for (String name : Evidence.SETTINGS) {
            OptionalLong value = evidence.setting(name);
            if (value.isPresent()) {
                settings.add(name.substring(name.lastIndexOf('.') + 1) + " " + value.getAsLong());
            }
        }
        if (!settings.isEmpty()) {
            row("kernel", String.join(", ", settings));
        }
    }

    private void row(String label, String value) {
        wrap(String.format(Locale.ROOT, "  %-" + (LABEL - 2) + "s ", label), " ".repeat(LABEL + 1), value);
    }

    static String name(TcpState state) {
        return state.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private void wrap(String first, String rest, String sentence) {
        StringBuilder line = new StringBuilder(first);
        int empty = line.length();
        for (String word : sentence.split(" ", -1)) {
            if (line.length() > empty && line.length() + 1 + word.length() > WIDTH) {
                text.append(line).append('\n');
                line = new StringBuilder(rest);
                empty = line.length();
            }
            line.append(line.length() > empty ? " " : "").append(word);
        }
        text.append(line).append('\n');
    }
}
