package io.portguard;

import java.util.Locale;

/** What a guard does with its own decisions. */
public enum Mode {
    /** Attempts are refused. */
    ENFORCE,
    /** Everything is decided, counted and reported as in {@link #ENFORCE}, and nothing is refused. */
    SHADOW,
    /** No rule is asked. */
    OFF;

    /** The mode as it is spelled in settings, {@code enforce} for instance. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The weaker of the two: a rule may do less than its guard and never more. */
    public Mode atMost(Mode other) {
        return compareTo(other) >= 0 ? this : other;
    }

    @Override
    public String toString() {
        return text();
    }
}
