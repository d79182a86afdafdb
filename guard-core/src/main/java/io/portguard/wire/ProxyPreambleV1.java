package io.portguard.wire;

import io.portguard.IpAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The line of text that version 1 of the PROXY protocol is, {@code PROXY TCP4 192.0.2.1 198.51.100.1 56324 443}. */
final class ProxyPreambleV1 {

    private static final byte[] BEGINNING = "PROXY ".getBytes(StandardCharsets.US_ASCII);

    /** With the line's end; the protocol's own bound. */
    private static final int MAX_LENGTH = 107;

    private static final int MAX_PORT = 65_535;

    private ProxyPreambleV1() {}

    static ProxyPreamble read(ByteBuffer bytes) {
        ProxyPreamble undecided = ProxyPreamble.beginning(bytes, BEGINNING);
        if (undecided != null) {
            return undecided;
        }
        int there = Math.min(bytes.remaining(), MAX_LENGTH);
        for (int i = BEGINNING.length; i < there; i++) {
            byte b = bytes.get(bytes.position() + i);
            if (b == '\r') {
                if (i + 1 == MAX_LENGTH) {
                    return ProxyPreamble.MALFORMED;
                }
                if (i + 1 == there) {
                    return ProxyPreamble.INCOMPLETE;
                }
                return bytes.get(bytes.position() + i + 1) == '\n'
                        ? parse(text(bytes, BEGINNING.length, i), i + 2)
                        : ProxyPreamble.MALFORMED;
            }
            if (b < ' ' || b == 0x7f) {
                return ProxyPreamble.MALFORMED;
            }
        }
        return there == MAX_LENGTH ? ProxyPreamble.MALFORMED : ProxyPreamble.INCOMPLETE;
    }

    private static ProxyPreamble parse(String line, int length) {
        if (line.equals("UNKNOWN") || line.startsWith("UNKNOWN ")) {
            return ProxyPreamble.local(length);
        }
        String[] words = line.split(" ", -1);
        boolean ipv4 = words[0].equals("TCP4");
        if (words.length != 5 || !(ipv4 || words[0].equals("TCP6"))) {
            return ProxyPreamble.MALFORMED;
        }
        IpAddress source = address(words[1], ipv4);
        int sourcePort = port(words[3]);
        return source == null || address(words[2], ipv4) == null || sourcePort < 0 || port(words[4]) < 0
                ? ProxyPreamble.MALFORMED
                : ProxyPreamble.proxied(length, source, sourcePort);
    }

    /** An address of the family that was announced; a zone has no place on the wire. */
    private static @Nullable IpAddress address(String text, boolean ipv4) {
        return ipv4 == (text.indexOf(':') < 0) && text.indexOf('%') < 0 ? IpAddress.parseOrNull(text) : null;
    }

    /** Without leading zeros, as the protocol demands. */
    private static int port(String text) {
        int port = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9 || i == 5) {
                return -1;
            }
            port = port * 10 + digit;
        }
        boolean padded = text.length() > 1 && text.charAt(0) == '0';
        return text.isEmpty() || padded || port > MAX_PORT ? -1 : port;
    }

    private static String text(ByteBuffer bytes, int from, int to) {
        byte[] copy = new byte[to - from];
        bytes.get(bytes.position() + from, copy);
        return new String(copy, StandardCharsets.ISO_8859_1);
    }
}
