package io.portguard.audit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One line of JSON in the Elastic Common Schema, with dotted names. Whatever a text holds, the line stays one line and
 * one object: all but printable ASCII is escaped. Not thread-safe.
 */
final class JsonLine {

    private static final int MAX_TEXT = 512;
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private final StringBuilder json;
    private boolean empty = true;

    JsonLine() {
        this(new StringBuilder(512));
    }

    /** Appends the line to what is there. */
    JsonLine(StringBuilder json) {
        this.json = json.append('{');
    }

    static String time(long epochMillis) {
        return Instant.ofEpochMilli(epochMillis).toString();
    }

    /** A member, left out when it is null; a long text is cut. */
    JsonLine text(String name, @Nullable String value) {
        return text(name, value, MAX_TEXT);
    }

    /** The same, uncut: of a list of thousands nobody could see what was changed otherwise. Not for what clients send. */
    JsonLine wholeText(String name, String value) {
        return text(name, value, Integer.MAX_VALUE);
    }

    private JsonLine text(String name, @Nullable String value, int max) {
        if (value != null) {
            name(name).append('"');
            int length = Math.min(value.length(), max);
            for (int i = 0; i < length; i++) {
                escape(value.charAt(i));
            }
            json.append(length < value.length() ? "...\"" : "\"");
        }
        return this;
    }

    JsonLine number(String name, long value) {
        name(name).append(value);
        return this;
    }

    private StringBuilder name(String name) {
        if (!empty) {
            json.append(',');
        }
        empty = false;
        return json.append('"').append(name).append("\":");
    }

    private void escape(char c) {
        if (c == '"' || c == '\\') {
            json.append('\\').append(c);
        } else if (c >= ' ' && c < 127) {
            json.append(c);
        } else {
            json.append("\\u")
                    .append(HEX[c >> 12])
                    .append(HEX[c >> 8 & 0xf])
                    .append(HEX[c >> 4 & 0xf])
                    .append(HEX[c & 0xf]);
        }
    }

    /** The members so far, without the end of the object. */
    String open() {
        return json.toString();
    }
}
