package io.portguard.storm;

import io.portguard.benchmarks.overload.Scenario;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The report for programs. Its first keys are fixed by the project's contract; the others tell more of the same.
 *
 * <p>{@code recovery_s} is always a number. Where {@code recovered} is false, the service was still not itself when
 * watching it ended, and the number is how long it was watched.
 */
final class JsonReport {

    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private JsonReport() {}

    static String of(double capacity, List<Comparison> comparisons) {
        ObjectNode report = MAPPER.createObjectNode();
        report.put("capacity_rps", rounded(capacity));
        for (Comparison comparison : comparisons) {
            boolean isMain = comparison.scenario().name().equals(Scenario.OVERLOAD);
            write(
                    comparison,
                    isMain ? report : report.putObject(comparison.scenario().name()));
        }
        return MAPPER.writeValueAsString(report) + "\n";
    }

    private static void write(Comparison comparison, ObjectNode target) {
        target.put("offered_rps", rounded(comparison.scenario().offeredPerSecond()));
        comparison.figures().forEach((subject, figures) -> write(figures, target.putObject(subject.label())));
    }

    private static void write(Figures figures, ObjectNode target) {
        target.put("goodput_pct", rounded(figures.goodputPercent()));
        target.put("admitted_p50_ms", rounded(figures.admittedP50Millis()));
        target.put("admitted_p99_ms", rounded(figures.admittedP99Millis()));
        target.put("rejected_p99_ms", rounded(figures.rejectedP99Millis()));
        target.put("polite_success_pct", rounded(figures.politeSuccessPercent()));
        target.put("critical_success_pct", rounded(figures.criticalSuccessPercent()));
        target.put("recovery_s", rounded(figures.recovery().seconds()));
        target.put("cpu_pct", rounded(figures.cpuPercent()));

        target.put("recovered", figures.recovery().recovered());
        target.put("offered", figures.offered());
        target.put("in_time", figures.inTime());
        target.put("late", figures.late());
        target.put("refused", figures.refused());
        target.put("gave_up", figures.gaveUp());
        target.put("broken", figures.broken());
        ObjectNode reasons = target.putObject("refused_by_reason");
        figures.refusedByReason().forEach(reasons::put);
        target.put("connections_opened", figures.connectionsOpened());
        target.put("generator_late_p99_ms", rounded(figures.generatorLateP99Millis()));
        target.put("generator_cpu_pct", rounded(figures.generatorCpuPercent()));
        target.putObject("health_probes")
                .put("sent", figures.health().sent())
                .put("ok", figures.health().ok())
                .put("refused", figures.health().refused())
                .put("unanswered", figures.health().unanswered());
    }

    private static @Nullable Double rounded(@Nullable Double value) {
        return value == null || !Double.isFinite(value) ? null : Math.round(value * 100) / 100.0;
    }
}
