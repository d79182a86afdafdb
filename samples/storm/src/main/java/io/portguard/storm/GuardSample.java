package io.portguard.storm;

import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import tools.jackson.databind.JsonNode;

/**
 * What a guard said of itself at one time. A value it did not tell is NaN.
 *
 * @param seconds when, since the run began
 * @param active requests in progress
 * @param limit how many may be
 * @param pressure the highest of its pressures, 0 to 1
 * @param sheddingLevel its shedding level
 */
record GuardSample(double seconds, double active, double limit, double pressure, double sheddingLevel) {

    /** Reads what {@code GET /actuator/guard/NAME} answers, wherever in the document a value is. */
    static GuardSample of(double seconds, JsonNode document) {
        return new GuardSample(
                seconds,
                find(document, "activerequests"),
                find(document, "requestlimit"),
                find(document, "pressure"),
                find(document, "sheddinglevel"));
    }

    private static double find(JsonNode node, String name) {
        for (Map.Entry<String, JsonNode> property : node.properties()) {
            JsonNode value = property.getValue();
            String key = property.getKey().replaceAll("[^A-Za-z]", "").toLowerCase(Locale.ROOT);
            double found = key.equals(name) ? largest(value) : find(value, name);
            if (!Double.isNaN(found)) {
                return found;
            }
        }
        return Double.NaN;
    }

    private static double largest(JsonNode value) {
        if (value.isNumber()) {
            return value.doubleValue();
        }
        // By source, for instance.
        OptionalDouble largest = value.valueStream()
                .filter(JsonNode::isNumber)
                .mapToDouble(JsonNode::doubleValue)
                .max();
        return largest.orElse(Double.NaN);
    }
}
