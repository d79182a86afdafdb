package io.portguard;

import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Reads and writes the text form of an IPv6 address (RFC 4291, section 2.2; RFC 5952). */
final class Ipv6Text {

    private static final int GROUPS = 8;

    private Ipv6Text() {}

    /** The address, or null when the text writes none. A zone ({@code %eth0}) is passed over. */
    static @Nullable IpAddress parse(CharSequence text) {
        int end = endOfAddress(text);
        if (end < 2 || end > 45) {
            return null;
        }
        long high = 0;
        long low = 0;
        int groups = 0;
        int gapAt = -1;
        int i = 0;
        if (text.charAt(0) == ':') {
            if (text.charAt(1) != ':') {
                return null;
            }
            gapAt = 0;
            i = 2;
        }
        while (i < end) {
            int groupEnd = i;
            int group = 0;
            while (groupEnd < end && groupEnd - i < 4 && hex(text.charAt(groupEnd)) >= 0) {
                group = group << 4 | hex(text.charAt(groupEnd++));
            }
            if (groupEnd < end && text.charAt(groupEnd) == '.') {
                long ipv4 = Ipv4Text.parse(text, i, end);
                if (ipv4 < 0 || groups > GROUPS - 2) {
                    return null;
                }
                high = high << 32 | low >>> 32;
                low = low << 32 | ipv4;
                groups += 2;
                break;
            }
            if (groupEnd == i || ++groups > GROUPS) {
                return null;
            }
            high = high << 16 | low >>> 48;
            low = low << 16 | group;
            i = groupEnd;
            if (i == end) {
                break;
            }
            if (text.charAt(i++) != ':' || i == end) {
                return null;
            }
            if (text.charAt(i) == ':') {
                if (gapAt >= 0) {
                    return null;
                }
                gapAt = groups;
                i++;
            }
        }
        if (gapAt < 0) {
            return groups == GROUPS ? IpAddress.of(high, low) : null;
        }
        return groups < GROUPS ? withGap(high, low, groups - gapAt, GROUPS - groups) : null;
    }

    /** Moves all groups but the last {@code after} to the left, past a gap of so many groups of zeros. */
    private static IpAddress withGap(long high, long low, int after, int gap) {
        long resultHigh = 0;
        long resultLow = 0;
        for (int fromRight = 0; fromRight < GROUPS - gap; fromRight++) {
            long group = (fromRight < 4 ? low >>> (16 * fromRight) : high >>> (16 * (fromRight - 4))) & 0xffff;
            int to = fromRight < after ? fromRight : fromRight + gap;
            if (to < 4) {
                resultLow |= group << (16 * to);
            } else {
                resultHigh |= group << (16 * (to - 4));
            }
        }
        return IpAddress.of(resultHigh, resultLow);
    }

    static String format(long high, long low) {
        int longestAt = -1;
        int longest = 1;
        for (int i = 0; i < GROUPS; i++) {
            int zeros = 0;
            while (i + zeros < GROUPS && group(high, low, i + zeros) == 0) {
                zeros++;
            }
            if (zeros > longest) {
                longest = zeros;
                longestAt = i;
            }
        }
        if (longestAt < 0) {
            return join(high, low, 0, GROUPS);
        }
        return join(high, low, 0, longestAt) + "::" + join(high, low, longestAt + longest, GROUPS);
    }

    private static String join(long high, long low, int from, int to) {
        StringJoiner text = new StringJoiner(":");
        for (int i = from; i < to; i++) {
            text.add(Integer.toHexString(group(high, low, i)));
        }
        return text.toString();
    }

    private static int group(long high, long low, int i) {
        return (int) ((i < 4 ? high >>> (16 * (3 - i)) : low >>> (16 * (7 - i))) & 0xffff);
    }

    private static int endOfAddress(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '%') {
                return i;
            }
        }
        return text.length();
    }

    private static int hex(char c) {
        return c < 128 ? Character.digit(c, 16) : -1;
    }
}
