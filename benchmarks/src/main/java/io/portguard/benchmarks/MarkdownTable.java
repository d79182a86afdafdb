package io.portguard.benchmarks;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A report as a table in Markdown: a line for each case and subject, a column for each metric. */
final class MarkdownTable {

    private record Line(String scenario, String subject) {}

    private final Set<String> metrics = new LinkedHashSet<>();
    private final Map<String, String> units = new LinkedHashMap<>();
    private final Map<Line, Map<String, Double>> lines = new LinkedHashMap<>();

    /** @param only the metrics that are shown, in this order; all if empty */
    MarkdownTable(Report report, List<String> only) {
        metrics.addAll(only);
        for (Report.Row row : report.rows()) {
            if (only.isEmpty() || only.contains(row.metric())) {
                metrics.add(row.metric());
                units.putIfAbsent(row.metric(), row.unit());
                lines.computeIfAbsent(new Line(row.scenario(), row.subject()), line -> new LinkedHashMap<>())
                        .put(row.metric(), row.value());
            }
        }
        for (String metric : only) {
            if (!units.containsKey(metric)) {
                throw new IllegalArgumentException("metric: " + metric + " (expected: one of "
                        + report.rows().stream()
                                .map(Report.Row::metric)
                                .distinct()
                                .collect(Collectors.joining("; "))
                        + ")");
            }
        }
    }

    String text() {
        StringBuilder text = new StringBuilder("| case | subject |");
        metrics.forEach(metric -> text.append(' ').append(metric).append(unit(metric)).append(" |"));
        text.append("\n| --- | --- |").append(" ---: |".repeat(metrics.size())).append('\n');
        lines.forEach((line, values) -> {
            text.append("| ").append(line.scenario()).append(" | ").append(line.subject()).append(" |");
            metrics.forEach(metric ->
                    text.append(' ').append(number(values.get(metric))).append(" |"));
            text.append('\n');
        });
        return text.toString();
    }

    private String unit(String metric) {
        String unit = units.getOrDefault(metric, "");
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
