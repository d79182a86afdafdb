package io.portguard.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a benchmark found, in the form of the contract.
 *
 * @param name of the benchmark
 * @param environment what it ran on
 * @param rows its figures
 */
public record Report(String name, Map<String, String> environment, List<Row> rows) {

    /**
     * One figure.
     *
     * @param subject {@code portguard}, or a peer with its version
     */
    public record Row(
            String subject,
            String metric,
            double value,
            String unit,

            @com.fasterxml.jackson.annotation.JsonProperty("case")
            String scenario) {}

    public static Report named(String name) {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
        environment.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        environment.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
        return new Report(name, environment, new ArrayList<>());
    }

    public void add(String scenario, String subject, String metric, double value, String unit) {
        rows.add(new Row(subject, metric, value, unit, scenario));
    }
}
