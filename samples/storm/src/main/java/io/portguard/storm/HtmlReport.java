package io.portguard.storm;

import io.portguard.benchmarks.load.LoadPlan;
import io.portguard.benchmarks.load.Outcome;
import io.portguard.benchmarks.load.Slot;
import io.portguard.benchmarks.load.Tally;
import io.portguard.benchmarks.overload.Scenario;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The report for people: one page with tables and charts that needs nothing but itself. */
final class HtmlReport {

    private static final String UPLOT = "META-INF/maven/org.webjars.npm/uplot/pom.properties";
    private static final JsonMapper MAPPER = new JsonMapper();

    private HtmlReport() {}

    static String of(double capacity, List<Comparison> comparisons) throws IOException {
        ObjectNode data = MAPPER.createObjectNode();
        data.put("capacity", capacity);
        data.put("deadlineMillis", LoadPlan.DEADLINE.toMillis());
        ArrayNode scenarios = data.putArray("scenarios");
        comparisons.forEach(comparison -> write(comparison, scenarios.addObject()));
        String uplot = "META-INF/resources/webjars/uplot/" + uplotVersion() + "/dist/";
        return resource("io/portguard/storm/storm.html")
                .replace("/*UPLOT_CSS*/", resource(uplot + "uPlot.min.css"))
                .replace("/*UPLOT_JS*/", resource(uplot + "uPlot.iife.min.js"))
                // A reason that a service made up must not end the script.
                .replace("/*DATA*/", MAPPER.writeValueAsString(data).replace("<", "\\u003c"));
    }

    private static void write(Comparison comparison, ObjectNode target) {
        Map<Subject, Figures> figures = comparison.figures();
        target.put("name", comparison.scenario().name());
        target.put("title", comparison.scenario().title());
        target.put("offered", comparison.scenario().offeredPerSecond());
        target.put("caution", comparison.caution());
        ArrayNode rows = target.putArray("rows");
        SummaryRow.of(
                        Objects.requireNonNull(figures.get(Subject.UNGUARDED)),
                        Objects.requireNonNull(figures.get(Subject.GUARDED)))
                .forEach(row -> rows.addArray()
                        .add(row.label())
                        .add(row.unguarded())
                        .add(row.guarded())
                        .add(row.isMain()));
        ObjectNode subjects = target.putObject("subjects");
        for (Subject subject : Subject.values()) {
            Observation observation =
                    Objects.requireNonNull(comparison.observations().get(subject));
            write(observation, subjects.putObject(subject.label()));
        }
    }

    private static void write(Observation observation, ObjectNode target) {
        List<Slot> slots = observation.load().slots();
        series(target, "t", slots, Slot::startSeconds);
        series(target, "offered", slots, slot -> slot.tally().offered() / slot.seconds());
        series(target, "inTime", slots, slot -> slot.tally().count(Outcome.IN_TIME) / slot.seconds());
        series(target, "late", slots, slot -> slot.tally().count(Outcome.LATE) / slot.seconds());
        series(target, "p50", slots, slot -> slot.tally().admittedMillis(50));
        series(target, "p99", slots, slot -> slot.tally().admittedMillis(99));
        series(target, "polite", slots, HtmlReport::politePercent);
        series(target, "inFlight", slots, Slot::inFlight);
        ObjectNode reasons = target.putObject("reasons");
        for (String reason : reasons(slots)) {
            series(reasons, reason, slots, slot -> refused(slot.tally(), reason) / slot.seconds());
        }
        DoubleSummaryStatistics flood = slots.stream()
                .filter(slot -> slot.phase().equals(Scenario.FLOOD))
                .mapToDouble(Slot::startSeconds)
                .summaryStatistics();
        target.putArray("flood").add(flood.getMin()).add(flood.getMax() + LoadPlan.SLOT.toNanos() / 1e9);
        ObjectNode guard = target.putObject("guard");
        List<GuardSample> samples = observation.guardSamples();
        series(guard, "t", samples, GuardSample::seconds);
        series(guard, "active", samples, GuardSample::active);
        series(guard, "limit", samples, GuardSample::limit);
        series(guard, "pressure", samples, GuardSample::pressure);
        series(guard, "sheddingLevel", samples, GuardSample::sheddingLevel);
    }

    private static double politePercent(Slot slot) {
        return 100 * slot.successByGroup().getOrDefault(Scenario.POLITE, Double.NaN);
    }

    private static Iterable<String> reasons(List<Slot> slots) {
        return slots.stream()
                .flatMap(slot -> Figures.byReason(slot.tally().refusals()).keySet().stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static double refused(Tally tally, String reason) {
        return Figures.byReason(tally.refusals()).getOrDefault(reason, 0L);
    }

    private static <T> void series(ObjectNode target, String name, List<T> points, ToDoubleFunction<T> value) {
        ArrayNode series = target.putArray(name);
        for (T point : points) {
            double number = value.applyAsDouble(point);
            if (Double.isFinite(number)) {
                series.add(Math.round(number * 100) / 100.0);
            } else {
                series.addNull();
            }
        }
    }

    private static String uplotVersion() throws IOException {
        Properties properties = new Properties();
        try (InputStream in = open(UPLOT)) {
            properties.load(in);
        }
        return properties.getProperty("version");
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = open(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static InputStream open(String name) throws IOException {
        InputStream in = HtmlReport.class.getClassLoader().getResourceAsStream(name);
        if (in == null) {
            throw new IOException("not on the class path: " + name);
        }
        return in;
    }
}
