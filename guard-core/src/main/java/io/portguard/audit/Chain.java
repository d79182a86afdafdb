package io.portguard.audit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Links lines by hash: each ends with the SHA-256 of the hash before it and of itself up to there, so that a line that
 * is changed, missing or put in between is found. Stateless.
 */
final class Chain {

    /** What stands before the first line of all. */
    static final String BEGINNING = "0".repeat(64);

    private static final String MEMBER = ",\"portguard.hash\":\"";
    private static final String MEMBER_BEFORE = ",\"portguard.hash_before\":\"";
    private static final String END = "\"}";

    private Chain() {}

    /** Says in the first line of a file which hash it goes on from; to be called right before {@link #close}. */
    static void begin(StringBuilder lines, String hashBefore) {
        lines.append(MEMBER_BEFORE).append(hashBefore).append('"');
    }

    /** Closes a line, whose members stand from there on, with its hash and returns the hash. */
    static String close(StringBuilder lines, int from, String hashBefore) {
        String hash = hash(lines.substring(from), hashBefore);
        lines.append(MEMBER).append(hash).append(END);
        return hash;
    }

    /** The hash that a line ends with; null when it ends with none. */
    static @Nullable String hashOf(String line) {
        return line.endsWith(END) ? value(line, MEMBER, line.length() - END.length()) : null;
    }

    /** The hash that the first line of a file goes on from; null when the line says nothing of it. */
    static @Nullable String hashBefore(String line) {
        int member = line.length() - END.length() - BEGINNING.length() - MEMBER.length();
        return hashOf(line) == null ? null : value(line, MEMBER_BEFORE, member - 1);
    }

    /** The hash of a member that ends there. */
    private static @Nullable String value(String line, String member, int end) {
        int from = end - BEGINNING.length();
        boolean formed = from >= member.length() && line.startsWith(member, from - member.length());
        return formed ? line.substring(from, end) : null;
    }

    /** Whether a line is what its hash and the one before say. */
    static boolean holds(String line, String hashBefore) {
        String hash = hashOf(line);
        if (hash == null) {
            return false;
        }
        String open = line.substring(0, line.length() - END.length() - BEGINNING.length() - MEMBER.length());
        return hash.equals(hash(open, hashBefore));
    }

    private static String hash(String open, String hashBefore) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(hashBefore.getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(digest.digest(open.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError("every Java platform has SHA-256", impossible);
        }
    }
}
