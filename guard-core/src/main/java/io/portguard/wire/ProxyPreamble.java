package io.portguard.wire;

import io.portguard.IpAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What the beginning of a connection says in the PROXY protocol, version 1 or 2 (Willy Tarreau, "The PROXY protocol",
 * 2020). Immutable; reading throws nothing, and allocates nothing before a preamble is complete.
 *
 * @param kind what was found
 * @param length of the preamble in bytes; 0 unless there is a complete one
 * @param source whose connection it is; null unless {@code kind} is {@link Kind#PROXIED}
 * @param sourcePort 0 unless {@code kind} is {@link Kind#PROXIED}
 */
public record ProxyPreamble(Kind kind, int length, @Nullable IpAddress source, int sourcePort) {

    /** What the bytes are. */
    public enum Kind {
        /** No preamble, and none that begins so. */
        ABSENT,
        /** They may be one or become one; more bytes are needed. */
        INCOMPLETE,
        /** They begin one and violate the protocol: the connection is of no use. */
        MALFORMED,
        /** A preamble that tells no client's address: the proxy speaks for itself, as in its health checks. */
        LOCAL,
        /** A preamble that names the client. */
        PROXIED
    }

    /** The longest preamble of version 2 that is read; the protocol's own bound is 65,551. */
    public static final int MAX_LENGTH = 4_096;

    static final ProxyPreamble ABSENT = without(Kind.ABSENT);
    static final ProxyPreamble INCOMPLETE = without(Kind.INCOMPLETE);
    static final ProxyPreamble MALFORMED = without(Kind.MALFORMED);

    /** Reads the preamble from the position of {@code bytes} on, which is not moved; in network order. */
    public static ProxyPreamble read(ByteBuffer bytes) {
        ProxyPreamble binary = ProxyPreambleV2.read(bytes);
        return binary.kind == Kind.ABSENT ? ProxyPreambleV1.read(bytes) : binary;
    }

    static ProxyPreamble local(int length) {
        return new ProxyPreamble(Kind.LOCAL, length, null, 0);
    }

    static ProxyPreamble proxied(int length, IpAddress source, int sourcePort) {
        return new ProxyPreamble(Kind.PROXIED, length, source, sourcePort);
    }

    /** How the bytes agree with a preamble's fixed beginning: absent, incomplete, or null when all of it is there. */
    static @Nullable ProxyPreamble beginning(ByteBuffer bytes, byte[] expected) {
        int there = Math.min(bytes.remaining(), expected.length);
        for (int i = 0; i < there; i++) {
            if (bytes.get(bytes.position() + i) != expected[i]) {
                return ABSENT;
            }
        }
        return there < expected.length ? INCOMPLETE : null;
    }

    private static ProxyPreamble without(Kind kind) {
        return new ProxyPreamble(kind, 0, null, 0);
    }
}
