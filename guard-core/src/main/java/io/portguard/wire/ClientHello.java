package io.portguard.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a TLS client hello says of the server that is asked for (RFC 8446, section 4.1.2; RFC 6066, section 3).
 * Immutable; reading throws nothing. With an encrypted client hello it is the outer name, which the client shows to
 * everybody on the way.
 *
 * <p>Stricter than it would have to be: what two readers could take for two different names is malformed.
 *
 * @param wellFormed whether it is a client hello to its end
 * @param serverName in lower case and without a final dot; null when none is asked for
 */
public record ClientHello(boolean wellFormed, @Nullable String serverName) {

    private static final ClientHello MALFORMED = new ClientHello(false, null);
    private static final ClientHello WITHOUT_NAME = new ClientHello(true, null);

    private static final int VERSION_AND_RANDOM = 34;
    private static final int SERVER_NAME = 0;
    private static final int HOST_NAME = 0;
    private static final int MAX_NAME_LENGTH = 255;

    /** Reads the body of a client hello, without record and handshake headers, all of {@code bytes}. */
    public static ClientHello read(ByteBuffer bytes) {
        ByteBuffer in = bytes.duplicate();
        boolean begins = skip(in, VERSION_AND_RANDOM)
                && skipVector(in, 1, 0, 32, 1) // session
                && skipVector(in, 2, 2, 65_534, 2) // cipher suites
                && skipVector(in, 1, 1, 255, 1); // compression methods
        if (!begins) {
            return MALFORMED;
        }
        if (!in.hasRemaining()) {
            return WITHOUT_NAME; // Extensions came with TLS 1.2 and may be missing.
        }
        if (in.remaining() < 2 || (in.getShort() & 0xffff) != in.remaining()) {
            return MALFORMED;
        }
        return readExtensions(in);
    }

    private static ClientHello readExtensions(ByteBuffer in) {
        ClientHello found = null;
        while (in.hasRemaining()) {
            if (in.remaining() < 4) {
                return MALFORMED;
            }
            int type = in.getShort() & 0xffff;
            int length = in.getShort() & 0xffff;
            if (length > in.remaining()) {
                return MALFORMED;
            }
            if (type == SERVER_NAME) {
                String name = found == null ? name(in.slice(in.position(), length)) : null;
                if (name == null) {
                    return MALFORMED;
                }
                found = new ClientHello(true, name);
            }
            in.position(in.position() + length);
        }
        return found == null ? WITHOUT_NAME : found;
    }

    /** The one host name of the list; null when it holds anything else. */
    private static @Nullable String name(ByteBuffer in) {
        if (in.remaining() < 6
                || (in.getShort() & 0xffff) != in.remaining()
                || in.get() != HOST_NAME
                || (in.getShort() & 0xffff) != in.remaining()
                || in.remaining() > MAX_NAME_LENGTH) {
            return null;
        }
        byte[] name = new byte[in.remaining()];
        in.get(name);
        for (byte b : name) {
            if (b <= ' ' || b >= 0x7f) {
                return null;
            }
        }
        int length = name[name.length - 1] == '.' ? name.length - 1 : name.length;
        return length == 0 ? null : new String(name, 0, length, StandardCharsets.US_ASCII).toLowerCase(Locale.ROOT);
    }

    private static boolean skip(ByteBuffer in, int length) {
        if (in.remaining() < length) {
            return false;
        }
        in.position(in.position() + length);
        return true;
    }

    /** Skips a vector behind its length, which is written in so many bytes; returns whether it is as it has to be. */
    private static boolean skipVector(ByteBuffer in, int lengthBytes, int min, int max, int elementLength) {
        if (in.remaining() < lengthBytes) {
            return false;
        }
        int length = lengthBytes == 1 ? in.get() & 0xff : in.getShort() & 0xffff;
        return length >= min && length <= max && length % elementLength == 0 && skip(in, length);
    }
}
