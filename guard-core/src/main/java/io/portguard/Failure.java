package io.portguard;

import java.util.Locale;

/**
 * What a client does wrong by its own doing, as adapters report it; see {@code StandardGuard.failed}. How many points
 * each is worth is configured. The service's own failures, and a status that it answers, are none of these.
 */
public enum Failure {
    /** The TLS handshake did not come to its end: nothing in common, a bad certificate, no TLS at all. */
    TLS_HANDSHAKE,
    /** What was sent is not HTTP, or not in a form that can be read: a bad request line, header or frame. */
    MALFORMED_REQUEST,
    /** Another protocol than the port's: a TLS hello on a plain port, HTTP on another's. */
    WRONG_PROTOCOL,
    /** The protocol is used to do harm: rapid resets, floods of settings, pings or empty frames. */
    PROTOCOL_ABUSE,
    /** A header or body did not come in time. */
    TIMEOUT,
    /** A connection ran into its timeout without a byte. */
    SILENT_CONNECTION,
    /** A decoy port, which no client has a reason to know, was connected to. */
    DECOY,
    /** Several guarded ports or decoys were connected to within a minute, and each left without a request. */
    SCAN;

    private final String text = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /** The failure as it is spelled in settings and reports, {@code tls-handshake} for instance. */
    public String text() {
        return text;
    }

    @Override
    public String toString() {
        return text;
    }
}
