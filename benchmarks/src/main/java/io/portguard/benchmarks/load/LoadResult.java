package io.portguard.benchmarks.load;

import java.util.List;

/**
 * The results of a run.
 *
 * @param phases the phases that began, in order
 * @param slots the time series over all of them
 */
public record LoadResult(List<PhaseResult> phases, List<Slot> slots) {

    public LoadResult {
        phases = List.copyOf(phases);
        slots = List.copyOf(slots);
    }

    /**
     * Returns the results of a phase.
     *
     * @throws IllegalArgumentException if no phase of this name began
     */
    public PhaseResult phase(String name) {
        return phases.stream()
                .filter(phase -> phase.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no phase " + name + " in the results"));
    }
}
