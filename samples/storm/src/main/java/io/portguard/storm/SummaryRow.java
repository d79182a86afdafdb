package io.portguard.storm;

import io.portguard.benchmarks.overload.Recovery;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One line of the closing table: a figure of the unguarded service beside that of the guarded one.
 *
 * @param isMain whether it is one of the few that matter most
 */
record SummaryRow(String label, String unguarded, String guarded, boolean isMain) {

    private static final String GOODPUT = "goodput, % of capacity";
    private static final String POLITE = "polite clients served in time, %";
    private static final String P99 = "admitted: p99 latency, ms";
    private static final String RECOVERY = "recovery after the flood, s";
    private static final Set<String> MAIN = Set.of(GOODPUT, POLITE, P99, RECOVERY);

    static List<SummaryRow> of(Figures unguarded, Figures guarded) {
        List<SummaryRow> rows = new ArrayList<>();
        add(rows, unguarded, guarded, GOODPUT, f -> decimal(f.goodputPercent()));
        add(rows, unguarded, guarded, POLITE, f -> decimal(f.politeSuccessPercent()));
        add(rows, unguarded, guarded, "critical requests served in time, %", f -> decimal(f.criticalSuccessPercent()));
        add(rows, unguarded, guarded, "admitted: median latency, ms", f -> decimal(f.admittedP50Millis()));
        add(rows, unguarded, guarded, P99, f -> decimal(f.admittedP99Millis()));
        add(rows, unguarded, guarded, "refused: p99 latency, ms", f -> decimal(f.rejectedP99Millis()));
        add(rows, unguarded, guarded, RECOVERY, f -> recovery(f.recovery()));
        add(rows, unguarded, guarded, "service's CPU, % of all cores", f -> decimal(f.cpuPercent()));
        add(rows, unguarded, guarded, "requests offered", f -> count(f.offered()));
        add(rows, unguarded, guarded, "  answered in time", f -> count(f.inTime()));
        add(rows, unguarded, guarded, "  answered too late", f -> count(f.late()));
        add(rows, unguarded, guarded, "  client gave up", f -> count(f.gaveUp()));
        add(rows, unguarded, guarded, "  broken (error, lost connection)", f -> count(f.broken()));
        add(rows, unguarded, guarded, "  refused", f -> count(f.refused()));
        for (String reason : reasons(unguarded, guarded)) {
            add(
                    rows,
                    unguarded,
                    guarded,
                    "    " + reason,
                    f -> count(f.refusedByReason().getOrDefault(reason, 0L)));
        }
        add(rows, unguarded, guarded, "connections opened by clients", f -> count(f.connectionsOpened()));
        add(rows, unguarded, guarded, "health probes: sent, refused, unanswered", f -> health(f.health()));
        add(rows, unguarded, guarded, "load generator: p99 lateness, ms", f -> decimal(f.generatorLateP99Millis()));
        add(rows, unguarded, guarded, "load generator: CPU, % of a core", f -> decimal(f.generatorCpuPercent()));
        return rows;
    }

    private static void add(
            List<SummaryRow> rows, Figures unguarded, Figures guarded, String label, Function<Figures, String> value) {
        rows.add(new SummaryRow(label, value.apply(unguarded), value.apply(guarded), MAIN.contains(label)));
    }

    private static Iterable<String> reasons(Figures unguarded, Figures guarded) {
        return Stream.of(unguarded, guarded)
                .flatMap(figures -> figures.refusedByReason().keySet().stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String decimal(@Nullable Double value) {
        return value == null || value.isNaN() ? "-" : String.format(Locale.ROOT, "%,.1f", value);
    }

    private static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    private static String recovery(Recovery recovery) {
        String seconds = String.format(Locale.ROOT, "%.2f", recovery.seconds());
        return recovery.recovered() ? seconds : "not within " + seconds;
    }

    private static String health(HealthCount health) {
        return health.sent() + ", " + health.refused() + ", " + health.unanswered();
    }
}
