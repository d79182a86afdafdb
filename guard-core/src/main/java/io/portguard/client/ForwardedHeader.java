package io.portguard.client;

import io.portguard.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * Reads the chain of addresses that proxies have written into {@code X-Forwarded-For} or {@code Forwarded}
 * (RFC 7239), from the right: each proxy appends what it saw, so only what stands to the right of the first
 * hop that is not trusted can be believed.
 */
final class ForwardedHeader {

    /** A longer chain is no chain of proxies. */
    private static final int MAX_LENGTH = 2_000;

    private ForwardedHeader() {}

    /**
     * The right-most hop that is no trusted proxy; the left-most one when all are trusted; null when the
     * header is malformed before such a hop is found.
     *
     * @param value all lines of the header, joined by commas
     * @param rfc7239 whether the elements are {@code for=…} pairs or bare addresses
     */
    static @Nullable IpAddress rightmostUntrusted(String value, boolean rfc7239, AddressRanges trusted) {
        if (value.length() > MAX_LENGTH) {
            return null;
        }
        IpAddress leftmost = null;
        int end = value.length();
        while (end >= 0) {
            int comma = rfc7239 ? unquotedCommaBefore(value, end) : value.lastIndexOf(',', end - 1);
            String element = value.substring(comma + 1, end).trim();
            IpAddress hop = address(rfc7239 ? forPair(element) : element);
            if (hop == null) {
                return null;
            }
            if (!trusted.contains(hop)) {
                return hop;
            }
            leftmost = hop;
            end = comma;
        }
        return leftmost;
    }

    /**
     * A comma in quotes separates nothing: proxies quote the host that the client asked for. Read from the right,
     * where our proxies wrote, so that a quote which the client left open reaches nobody's element but its own.
     */
    private static int unquotedCommaBefore(String value, int end) {
        boolean quoted = false;
        for (int i = end - 1; i >= 0; i--) {
            char c = value.charAt(i);
            if (c == ',' && !quoted) {
                return i;
            }
            quoted ^= c == '"' && !isEscaped(value, i);
        }
        return -1;
    }

    private static @Nullable String forPair(String element) {
        boolean quoted = false;
        int from = 0;
        for (int i = 0; i <= element.length(); i++) {
            char c = i == element.length() ? ';' : element.charAt(i);
            if (i == element.length() || (c == ';' && !quoted)) {
                String pair = element.substring(from, i).trim();
                if (pair.regionMatches(true, 0, "for=", 0, 4)) {
                    return pair.substring(4).trim();
                }
                from = i + 1;
            }
            quoted ^= c == '"' && !isEscaped(element, i);
        }
        return null;
    }

    private static boolean isEscaped(String text, int at) {
        int slashes = 0;
        while (at - 1 - slashes >= 0 && text.charAt(at - 1 - slashes) == '\\') {
            slashes++;
        }
        return slashes % 2 != 0;
    }

    /** The address of a node: bare, quoted, in brackets, with or without a port. */
    private static @Nullable IpAddress address(@Nullable String node) {
        if (node == null) {
            return null;
        }
        String text = node;
        if (text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"")) {
            text = text.substring(1, text.length() - 1);
        }
        if (text.startsWith("[")) {
            int bracket = text.indexOf(']');
            return bracket < 0 || !isPortOrNothing(text.substring(bracket + 1))
                    ? null
                    : IpAddress.parseOrNull(text.substring(1, bracket));
        }
        int colon = text.indexOf(':');
        boolean withPort = colon >= 0 && colon == text.lastIndexOf(':');
        if (withPort && !isPortOrNothing(text.substring(colon))) {
            return null;
        }
        return IpAddress.parseOrNull(withPort ? text.substring(0, colon) : text);
    }

    private static boolean isPortOrNothing(String text) {
        return text.isEmpty()
                || (text.length() >= 2
                        && text.length() <= 6
                        && text.charAt(0) == ':'
                        && text.chars().skip(1).allMatch(c -> c >= '0' && c <= '9'));
    }
}
