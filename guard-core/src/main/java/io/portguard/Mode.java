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

    @Override
    public String toString() {
        return text();
    }
}
