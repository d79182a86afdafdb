package io.portguard.benchmarks;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A report as a table in Markdown: a line for each case and subject, a column for each metric; or, for one metric, a line
 * for each case and a column for each subject.
 */
final class MarkdownTable {

    private final String head;
    private final Set<String> columns = new LinkedHashSet<>();
    private final Map<String, String> units = new LinkedHashMap<>();
    private final Map<String, Map<String, Double>> lines = new LinkedHashMap<>();

    private MarkdownTable(String head) {
        this.head = head;
    }

    /**
     * A column for each metric.
     *
     * @param only the metrics that are shown, in this order; all if empty
     */
    static MarkdownTable ofMetrics(Report report, List<String> only) {
        MarkdownTable table = new MarkdownTable("case | subject");
        table.columns.addAll(only);
        for (Report.Row row : report.rows()) {
            if (only.isEmpty() || only.contains(row.metric())) {
                table.units.putIfAbsent(row.metric(), row.unit());
                table.add(row.scenario() + " | " + row.subject(), row.metric(), row.value());
            }
        }
        only.forEach(metric -> requireKnown(report, metric));
        return table;
    }

    /** A column for each subject, with one metric. */
    static MarkdownTable ofSubjects(Report report, String metric) {
        requireKnown(report, metric);
        MarkdownTable table = new MarkdownTable("case");
        for (Report.Row row : report.rows()) {
            if (row.metric().equals(metric)) {
                table.add(row.scenario(), row.subject(), row.value());
            }
        }
        return table;
    }

    private static void requireKnown(Report report, String metric) {
        Set<String> known =
                report.rows().stream().map(Report.Row::metric).collect(Collectors.toCollection(LinkedHashSet::new));
        if (!known.contains(metric)) {
            throw new IllegalArgumentException(
                    "metric: " + metric + " (expected: one of " + String.join("; ", known) + ")");
        }
    }

    private void add(String line, String column, double value) {
        columns.add(column);
        lines.computeIfAbsent(line, key -> new LinkedHashMap<>()).put(column, value);
    }

    String text() {
        StringBuilder text = new StringBuilder("| " + head + " |");
        columns.forEach(
                column -> text.append(' ').append(column).append(unit(column)).append(" |"));
        text.append("\n|")
                .append(" --- |".repeat(head.split("\\|").length))
                .append(" ---: |".repeat(columns.size()))
                .append('\n');
        lines.forEach((line, values) -> {
            text.append("| ").append(line).append(" |");
            columns.forEach(column ->
                    text.append(' ').append(number(values.get(column))).append(" |"));
            text.append('\n');
        });
        return text.toString();
    }

    private String unit(String column) {
        String unit = units.getOrDefault(column, "");
        return unit.equals("1") || unit.isEmpty() ? "" : ", " + unit;
    }

    private static String number(@Nullable Double value) {
        if (value == null) {
            return "";
        }
        double size = Math.abs(value);
        String format = size >= 1000 ? "%,.0f" : size >= 10 ? "%.1f" : size == 0 ? "%.0f" : "%.2f";
        return String.format(Locale.ROOT, format, value);
    }
}
