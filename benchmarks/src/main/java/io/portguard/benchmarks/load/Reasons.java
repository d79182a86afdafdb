package io.portguard.benchmarks.load;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds the {@code "reason"} in the body of a refusal, without parsing all of it and without making a new
 * string for each. Not thread-safe.
 */
final class Reasons {

    private static final byte[] KEY = "\"reason\"".getBytes(StandardCharsets.US_ASCII);
    // A server that makes up reasons must not fill the memory.
    private static final int MAX_KNOWN = 64;

    private final List<byte[]> knownBytes = new ArrayList<>();
    private final List<String> known = new ArrayList<>();

    /** Returns the reason, or an empty string if there is none. */
    String find(byte[] body, int length) {
        int key = indexOf(body, length, KEY);
        if (key < 0) {
            return "";
        }
        int at = key + KEY.length;
        while (at < length && (body[at] == ' ' || body[at] == ':')) {
            at++;
        }
        if (at >= length || body[at] != '"') {
            return "";
        }
        int start = ++at;
        while (at < length && body[at] != '"') {
            at++;
        }
        return at == length ? "" : name(body, start, at);
    }

    private String name(byte[] body, int start, int end) {
        for (int i = 0; i < knownBytes.size(); i++) {
            byte[] candidate = knownBytes.get(i);
            if (Arrays.equals(candidate, 0, candidate.length, body, start, end)) {
                return known.get(i);
            }
        }
        if (known.size() == MAX_KNOWN) {
            return "other";
        }
        String name = new String(body, start, end - start, StandardCharsets.US_ASCII);
        known.add(name);
        knownBytes.add(Arrays.copyOfRange(body, start, end));
        return name;
    }

    private static int indexOf(byte[] body, int length, byte[] key) {
        for (int i = 0; i + key.length <= length; i++) {
            if (body[i] == key[0] && Arrays.equals(body, i, i + key.length, key, 0, key.length)) {
                return i;
            }
        }
        return -1;
    }
}
