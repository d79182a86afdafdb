package io.portguard.wire;

import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** Why a TLS handshake failed. */
public enum HandshakeFailure {
    /** Client and server have no cipher suite, group or signature scheme in common. */
    NO_SHARED_CIPHER,
    /** Client and server have no version of TLS in common. */
    PROTOCOL_VERSION,
    /** The client's certificate is missing, expired or from nobody who is trusted. */
    BAD_CLIENT_CERTIFICATE,
    /** The client does not trust the server's certificate and says so by an alert, {@code unknown_ca} for instance. */
    CERTIFICATE_REJECTED,
    /** The client broke it off by any other alert. */
    CLIENT_ALERT,
    /** The server has no certificate for the name, or a rule refuses it. */
    SERVER_NAME,
    /** The client hello is malformed or too long. */
    MALFORMED_HELLO,
    /** What came is no TLS at all. */
    NOT_TLS,
    /** It did not end in time. */
    TIMEOUT,
    /** The client went away in the middle of it. */
    CLOSED,
    /** It was refused because there were too many in progress. */
    REFUSED,
    /** None of these. */
    OTHER;

    /*
     * JSSE and OpenSSL tell the cause in words alone. The words are looked for from the most telling on; what a future
     * version words differently is counted as OTHER and never as something else.
     */

    private record Words(HandshakeFailure cause, List<String> words) {}

    /** How JSSE, OpenSSL and BoringSSL begin what the peer's alert says. */
    private static final List<String> ALERT = List.of(
            "received fatal alert",
            "plaintext alert received",
            "tlsv1 alert",
            "sslv3 alert",
            "tlsv1_alert_",
            "tlsv13_alert_",
            "sslv3_alert_");

    private static final List<Words> BY_ALERT = List.of(
            new Words(
                    CERTIFICATE_REJECTED,
                    List.of(
                            "unknown_ca",
                            "unknown ca",
                            "certificate_unknown",
                            "certificate unknown",
                            "bad_certificate",
                            "bad certificate",
                            "certificate_expired",
                            "certificate expired",
                            "certificate_revoked",
                            "certificate revoked",
                            "unsupported_certificate",
                            "unsupported certificate",
                            "unrecognized_name",
                            "unrecognized name")),
            new Words(PROTOCOL_VERSION, List.of("protocol_version", "protocol version")),
            new Words(
                    NO_SHARED_CIPHER,
                    List.of(
                            "handshake_failure",
                            "handshake failure",
                            "insufficient_security",
                            "insufficient security")));

    private static final List<Words> BY_MESSAGE = List.of(
            new Words(
                    NO_SHARED_CIPHER,
                    List.of(
                            "no cipher suites in common",
                            "no shared cipher",
                            "no negotiable cipher suite",
                            "no available authentication scheme",
                            "no suitable signature algorithm",
                            "no shared group",
                            "no shared signature",
                            "no common named group",
                            "no suitable key share")),
            new Words(
                    PROTOCOL_VERSION,
                    List.of(
                            "not enabled or supported in server context",
                            "not accepted by server preferences",
                            "client requested protocol",
                            "no appropriate protocol",
                            "unsupported protocol",
                            "unknown protocol",
                            "unsupported_protocol",
                            "version too low",
                            "wrong version number",
                            "wrong_version_number",
                            "unsupported or unrecognized",
                            "sslv2hello is not enabled")),
            new Words(
                    BAD_CLIENT_CERTIFICATE,
                    List.of(
                            "empty client certificate chain",
                            "empty server certificate chain",
                            "peer did not return a certificate",
                            "certificate verify failed",
                            "certificate_verify_failed",
                            "null cert chain",
                            "pkix path",
                            "certificate expired",
                            "no trusted certificate")),
            new Words(SERVER_NAME, List.of("unrecognized server name", "unrecognized_name")),
            new Words(TIMEOUT, List.of("handshake timed out")),
            new Words(
                    NOT_TLS, List.of("not an ssl/tls record", "plaintext connection", "http request", "http_request")),
            new Words(
                    MALFORMED_HELLO,
                    List.of(
                            "clienthello length exceeds",
                            "invalid clienthello",
                            "decode_error",
                            "decode error",
                            "illegal_parameter",
                            "illegal parameter",
                            "record overflow",
                            "unexpected_message",
                            "unexpected message",
                            "length too long",
                            "length mismatch",
                            "bad extension",
                            "bad packet length",
                            "unexpected handshake message",
                            "insufficient data",
                            "out of bounds",
                            "input record too big",
                            "invalid record",
                            "invalid handshake",
                            "oversized",
                            "duplicated extensions",
                            "unknown handshake type",
                            "malformed")),
            new Words(
                    CLOSED,
                    List.of(
                            "connection closed while",
                            "closed before",
                            "closed inbound before",
                            "connection reset",
                            "broken pipe",
                            "channel closed",
                            "closing inbound before",
                            "peer closed")));

    /** The cause as it is spelled in metrics and reports, {@code no-shared-cipher} for instance. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The cause that an exception tells, or one of its own causes. */
    public static HandshakeFailure of(Throwable failure) {
        HandshakeFailure found = OTHER;
        int depth = 0;
        for (Throwable cause = failure; cause != null && found == OTHER && depth < 10; cause = cause.getCause()) {
            found = told(cause);
            depth++;
        }
        return found;
    }

    /** The cause that a client's fatal alert of this number tells (RFC 8446, section 6). */
    public static HandshakeFailure ofAlert(int description) {
        return switch (description) {
            case 42, 43, 44, 45, 46, 48, 112, 113 -> CERTIFICATE_REJECTED;
            case 40, 71 -> NO_SHARED_CIPHER;
            case 70 -> PROTOCOL_VERSION;
            default -> CLIENT_ALERT;
        };
    }

    private static HandshakeFailure told(Throwable cause) {
        if (cause instanceof CertificateException || cause instanceof SSLPeerUnverifiedException) {
            return BAD_CLIENT_CERTIFICATE;
        }
        if (cause instanceof ClosedChannelException) {
            return CLOSED;
        }
        String message = message(cause);
        if (message == null) {
            return OTHER;
        }
        if (ALERT.stream().anyMatch(message::contains)) {
            HandshakeFailure byAlert = find(BY_ALERT, message);
            return byAlert == OTHER ? CLIENT_ALERT : byAlert;
        }
        return find(BY_MESSAGE, message);
    }

    private static @Nullable String message(Throwable cause) {
        return cause.getMessage() == null ? null : cause.getMessage().toLowerCase(Locale.ROOT);
    }

    private static HandshakeFailure find(List<Words> all, String message) {
        for (Words words : all) {
            for (String word : words.words) {
                if (message.contains(word)) {
                    return words.cause;
                }
            }
        }
        return OTHER;
    }
}
