package io.portguard.proc;

import java.io.IOException;

/** A file below {@code /proc} that does not hold what the kernel writes there. The message says what was expected. */
public final class ProcFormatException extends IOException {

    private static final long serialVersionUID = 1;

    ProcFormatException(String where, String found, String expected) {
        super(where + ": \"" + printable(found) + "\" (expected: " + expected + ")");
    }

    /** Short, and without what would upset a terminal. */
    private static String printable(String text) {
        String clean = text.replaceAll("[^ -~]", "?");
        return clean.length() <= 60 ? clean : clean.substring(0, 60) + "...";
    }
}
