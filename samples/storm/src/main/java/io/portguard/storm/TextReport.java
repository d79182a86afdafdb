package io.portguard.storm;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** The closing tables for the terminal. */
final class TextReport {

    private TextReport() {}

    static String of(Comparison comparison) {
        Map<Subject, Figures> figures = comparison.figures();
        List<SummaryRow> rows = SummaryRow.of(
                Objects.requireNonNull(figures.get(Subject.UNGUARDED)),
                Objects.requireNonNull(figures.get(Subject.GUARDED)));
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "%s: %s%n%,.0f requests/s offered to a service that can do %,.0f%n%n",
                comparison.scenario().name(),
                comparison.scenario().title(),
                comparison.scenario().offeredPerSecond(),
                comparison.capacity()));
        text.append(line("", Subject.UNGUARDED.label(), Subject.GUARDED.label()));
        for (SummaryRow row : rows) {
            text.append(line(row.label(), row.unguarded(), row.guarded()));
        }
        if (!comparison.caution().isEmpty()) {
            text.append(String.format("%n%s%n", comparison.caution()));
        }
        return text.toString();
    }

    private static String line(String label, String unguarded, String guarded) {
        return String.format(Locale.ROOT, "  %-42s %18s %14s%n", label, unguarded, guarded);
    }
}
