package io.portguard.pressure;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The sources that shed load at one tick. Immutable.
 *
 * @param parts those that are over their start
 */
public record Overload(List<Part> parts) {

    /** Nothing is over its start. */
    public static final Overload NONE = new Overload(List.of());

    /**
     * A source that is over its start.
     *
     * @param reading what it said
     * @param fraction how far that is over the start: above 0, and 1 when full
     */
    public record Part(String source, Trigger.Kind kind, double reading, double fraction) {

        boolean isFull() {
            return fraction >= 1;
        }
    }

    public Overload {
        parts = List.copyOf(parts);
    }

    /** How far queues are over their start, the worst of them. */
    public double queue() {
        return parts.stream()
                .filter(part -> part.kind() != Trigger.Kind.STOCK)
                .mapToDouble(Part::fraction)
                .max()
                .orElse(0);
    }

    /** How far stocks are over their start, the worst of them. */
    public double stock() {
        return parts.stream()
                .filter(part -> part.kind() == Trigger.Kind.STOCK)
                .mapToDouble(Part::fraction)
                .max()
                .orElse(0);
    }

    /** The same, as if one source were not. */
    public Overload without(String source) {
        return new Overload(
                parts.stream().filter(part -> !part.source().equals(source)).toList());
    }

    /** The same, as if queues that are not full were not. */
    public Overload withoutPassingQueues() {
        return new Overload(parts.stream()
                .filter(part -> part.kind() != Trigger.Kind.QUEUE || part.isFull())
                .toList());
    }

    /** The source that is furthest over its start; null when there is none. */
    public @Nullable Part worst() {
        Part worst = null;
        for (Part part : parts) {
            if (worst == null || part.fraction() > worst.fraction()) {
                worst = part;
            }
        }
        return worst;
    }
}
