package io.portguard.doctor;

import org.jspecify.annotations.Nullable;

/**
 * One thing that was found. Immutable.
 *
 * @param id a name that stays, for scripts; {@code docs/doctor.md} lists them
 * @param severity how bad it is
 * @param seen what was seen, with its figure
 * @param why why it matters
 * @param mend the command or setting that mends it
 * @param control the control of a benchmark that it answers, by name; null where none truly fits
 */
public record Finding(
        String id,
        Severity severity,
        String seen,
        String why,
        String mend,
        @Nullable String control) {

    static Finding critical(String id, String seen, String why, String mend) {
        return new Finding(id, Severity.CRITICAL, seen, why, mend, null);
    }

    static Finding warning(String id, String seen, String why, String mend) {
        return new Finding(id, Severity.WARNING, seen, why, mend, null);
    }

    static Finding note(String id, String seen, String why, String mend) {
        return new Finding(id, Severity.NOTE, seen, why, mend, null);
    }

    Finding answering(String answered) {
        return new Finding(id, severity, seen, why, mend, answered);
    }

    /** Whether it is more than a note. */
    public boolean isTrouble() {
        return severity != Severity.NOTE;
    }
}
