package io.portguard.doctor;

import java.util.Locale;

/** How bad a finding is, worst first. */
public enum Severity {
    /** Clients are being turned away, or will be at the next start. */
    CRITICAL,
    /** Something is wrong, or will be under load. */
    WARNING,
    /** Worth knowing; nothing is wrong. */
    NOTE;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
