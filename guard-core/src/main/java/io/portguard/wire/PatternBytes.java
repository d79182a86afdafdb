package io.portguard.wire;

import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/** Reads the pattern of a signature into bytes and masks. Not thread-safe. */
final class PatternBytes {

    private final ByteArrayOutputStream values = new ByteArrayOutputStream();
    private final ByteArrayOutputStream masks = new ByteArrayOutputStream();

    /** Reads pairs of hexadecimal digits, blanks between them ignored; returns what is wrong, or null. */
    @Nullable
    String readHex(String text) {
        String digits = text.replaceAll("\\s", "");
        if (digits.length() % 2 != 0) {
            return "half a byte is left over";
        }
        for (int i = 0; i < digits.length(); i += 2) {
            int high = Character.digit(digits.charAt(i), 16);
            int low = Character.digit(digits.charAt(i + 1), 16);
            if ((high < 0 && digits.charAt(i) != '?') || (low < 0 && digits.charAt(i + 1) != '?')) {
                return "\"" + digits.substring(i, i + 2) + "\" is no byte";
            }
            add(Math.max(high, 0) << 4 | Math.max(low, 0), (high < 0 ? 0 : 0xf0) | (low < 0 ? 0 : 0x0f));
        }
        return digits.isEmpty() ? "there is no byte" : null;
    }

    /** Reads text with escapes; returns what is wrong, or null. */
    @Nullable
    String readText(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > '~') {
                return "a character that has to be written as \\xHH";
            }
            if (c == '"') {
                return "a quote that has to be written as \\\"";
            }
            if (c != '\\') {
                add(c, 0xff);
                continue;
            }
            char escaped = i + 1 < text.length() ? text.charAt(++i) : ' ';
            int b = escaped == 'x' ? hex(text, i + 1) : "rnt\"\\".indexOf(escaped);
            if (b < 0) {
                return "an escape other than \\r, \\n, \\t, \\\", \\\\ or \\xHH";
            }
            if (escaped == 'x') {
                i += 2;
                add(b, 0xff);
            } else {
                add("\r\n\t\"\\".charAt(b), 0xff);
            }
        }
        return text.isEmpty() ? "there is no byte" : null;
    }

    int length() {
        return values.size();
    }

    byte[] values() {
        return values.toByteArray();
    }

    byte[] masks() {
        return masks.toByteArray();
    }

    private void add(int value, int mask) {
        values.write(value);
        masks.write(mask);
    }

    private static int hex(String text, int at) {
        int high = at < text.length() ? Character.digit(text.charAt(at), 16) : -1;
        int low = at + 1 < text.length() ? Character.digit(text.charAt(at + 1), 16) : -1;
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }
}
