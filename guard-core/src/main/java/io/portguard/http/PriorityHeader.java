package io.portguard.http;

import org.jspecify.annotations.Nullable;

/**
 * Reads the urgency out of a {@code Priority} header (RFC 9218), a dictionary of structured fields (RFC 9651). Only as
 * much of the grammar is judged as is needed to tell members apart; nothing is allocated. A header that is no
 * dictionary is ignored as a whole, as both RFCs ask.
 */
final class PriorityHeader {

    /** The urgency of a request that says nothing, {@code u=3}; 0 is the most urgent, 7 the least. */
    static final int DEFAULT_URGENCY = 3;

    /** A longer header says more than an urgency. */
    private static final int MAX_LENGTH = 256;

    private static final int MALFORMED = -1;

    private PriorityHeader() {}

    /** The urgency that the header asks for, 0 to 7; the default where it asks for none. */
    static int urgency(@Nullable String header) {
        if (header == null || header.length() > MAX_LENGTH) {
            return DEFAULT_URGENCY;
        }
        int urgency = DEFAULT_URGENCY;
        int i = skip(header, 0, false);
        while (i < header.length()) {
            int keyEnd = key(header, i);
            int end = keyEnd == MALFORMED ? MALFORMED : parameters(header, value(header, keyEnd));
            if (end == MALFORMED) {
                return DEFAULT_URGENCY;
            }
            if (keyEnd == i + 1 && header.charAt(i) == 'u') {
                // The last of several wins, also when it is none: structured fields know no merging.
                urgency = digit(header, keyEnd, end);
            }
            i = skip(header, end, true);
            if (i == header.length()) {
                return urgency;
            }
            int next = header.charAt(i) == ',' ? skip(header, i + 1, true) : header.length();
            if (next == header.length()) {
                return DEFAULT_URGENCY;
            }
            i = next;
        }
        return urgency;
    }

    /** The single digit behind {@code u=}; anything else (no integer, one out of range) is the default. */
    private static int digit(String header, int keyEnd, int end) {
        boolean hasValue = keyEnd + 2 <= end && header.charAt(keyEnd) == '=';
        boolean single = hasValue && (keyEnd + 2 == end || header.charAt(keyEnd + 2) == ';');
        char c = single ? header.charAt(keyEnd + 1) : ' ';
        return c >= '0' && c <= '7' ? c - '0' : DEFAULT_URGENCY;
    }

    private static int key(String text, int from) {
        if (from == text.length() || !(isLower(text.charAt(from)) || text.charAt(from) == '*')) {
            return MALFORMED;
        }
        int i = from + 1;
        while (i < text.length() && isKeyChar(text.charAt(i))) {
            i++;
        }
        return i;
    }

    private static boolean isKeyChar(char c) {
        return isLower(c) || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' || c == '*';
    }

    private static boolean isLower(char c) {
        return c >= 'a' && c <= 'z';
    }

    /** Behind {@code =value}, if there is one. */
    private static int value(String text, int at) {
        if (at == text.length() || text.charAt(at) != '=') {
            return at;
        }
        int from = at + 1;
        if (from == text.length()) {
            return MALFORMED;
        }
        return text.charAt(from) == '(' ? list(text, from) : item(text, from);
    }

    private static int list(String text, int from) {
        int i = skip(text, from + 1, false);
        while (i < text.length() && text.charAt(i) != ')') {
            int end = parameters(text, item(text, i));
            if (end == MALFORMED) {
                return MALFORMED;
            }
            i = skip(text, end, false);
            boolean apart = i > end || (i < text.length() && text.charAt(i) == ')');
            if (!apart) {
                return MALFORMED;
            }
        }
        return i < text.length() ? i + 1 : MALFORMED;
    }

    /** Behind a string, or whatever else has no character that separates. */
    private static int item(String text, int from) {
        if (from < text.length() && text.charAt(from) == '"') {
            return string(text, from);
        }
        int i = from;
        while (i < text.length() && isPlain(text.charAt(i))) {
            i++;
        }
        return i == from ? MALFORMED : i;
    }

    private static boolean isPlain(char c) {
        return c > ' ' && c < 127 && c != ',' && c != ';' && c != '"' && c != '(' && c != ')' && c != '=' && c != '\\';
    }

    private static int string(String text, int from) {
        for (int i = from + 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                return i + 1;
            }
            if (c < ' ' || c >= 127) {
                return MALFORMED;
            }
            if (c == '\\' && (++i == text.length() || (text.charAt(i) != '"' && text.charAt(i) != '\\'))) {
                return MALFORMED;
            }
        }
        return MALFORMED;
    }

    private static int parameters(String text, int from) {
        int i = from;
        while (i != MALFORMED && i < text.length() && text.charAt(i) == ';') {
            int keyEnd = key(text, skip(text, i + 1, false));
            boolean hasValue = keyEnd != MALFORMED && keyEnd < text.length() && text.charAt(keyEnd) == '=';
            i = hasValue ? item(text, keyEnd + 1) : keyEnd;
        }
        return i;
    }

    private static int skip(String text, int from, boolean tabsToo) {
        int i = from;
        while (i < text.length() && (text.charAt(i) == ' ' || (tabsToo && text.charAt(i) == '\t'))) {
            i++;
        }
        return i;
    }
}
