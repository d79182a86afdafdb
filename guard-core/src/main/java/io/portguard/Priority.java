package io.portguard;

import java.util.Locale;
import java.util.Optional;

/**
 * How much an attempt matters to the service; when it cannot serve everybody, {@link #BACKGROUND} is
 * refused first and {@link #CRITICAL} last.
 */
public enum Priority {
    CRITICAL,
    IMPORTANT,
    NORMAL,
    BACKGROUND;

    private final String text = name().toLowerCase(Locale.ROOT);

    /** The priority as it is spelled in settings and metrics, {@code normal} for instance. */
    public String text() {
        return text;
    }

    /** The priority spelled so, whatever the case; empty when there is none. */
    public static Optional<Priority> parse(String text) {
        for (Priority priority : values()) {
            if (priority.text.equalsIgnoreCase(text.trim())) {
                return Optional.of(priority);
            }
        }
        return Optional.empty();
    }

    /** The less important of the two; a request may lower its own priority and never raise it. */
    public Priority atMost(Priority other) {
        return compareTo(other) >= 0 ? this : other;
    }

    /** The more important of the two. */
    public Priority atLeast(Priority other) {
        return compareTo(other) <= 0 ? this : other;
    }

    @Override
    public String toString() {
        return text;
    }
}
