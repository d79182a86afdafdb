package io.portguard.storm;

import io.portguard.benchmarks.overload.Scenario;
import java.util.List;

/** One of the two services that are compared: the same program, with its guard or without. */
enum Subject {
    UNGUARDED("unguarded"),
    GUARDED("guarded");

    private final String label;

    Subject(String label) {
        this.label = label;
    }

    /** The name in tables, reports and files. */
    String label() {
        return label;
    }

    List<String> arguments() {
        return switch (this) {
            case UNGUARDED -> List.of("--guard.enabled=false");
            case GUARDED ->
                List.of(
                        "--guard.requests.priorities[0].path=" + Scenario.CRITICAL_PATH,
                        "--guard.requests.priorities[0].priority=critical");
        };
    }
}
