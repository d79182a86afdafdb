package io.portguard.storm;

import io.portguard.benchmarks.load.PhaseResult;
import io.portguard.benchmarks.overload.Scenario;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A scenario and what came of it on either service.
 *
 * @param scenario what was sent
 * @param capacity what the unguarded service can do, in requests a second
 * @param observations by service
 */
record Comparison(Scenario scenario, double capacity, Map<Subject, Observation> observations) {

    Comparison {
        observations = Map.copyOf(observations);
    }

    Map<Subject, Figures> figures() {
        Map<Subject, Figures> figures = new EnumMap<>(Subject.class);
        observations.forEach((subject, observation) -> figures.put(subject, Figures.of(observation, capacity)));
        return figures;
    }

    /** What casts doubt on the figures, in a sentence; empty if nothing does. */
    String caution() {
        List<String> late = new ArrayList<>();
        figures().forEach((subject, figures) -> {
            if (figures.generatorLateP99Millis() > PhaseResult.MAX_LATE_MILLIS) {
                late.add(String.format(Locale.ROOT, "%.0f ms (%s)", figures.generatorLateP99Millis(), subject.label()));
            }
        });
        return late.isEmpty()
                ? ""
                : "Caution: the load generator itself was late, at its 99th percentile by " + String.join(" and ", late)
                        + ". The latencies above are partly its own; the machine was too busy.";
    }
}
