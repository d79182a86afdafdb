package io.portguard.wire;

import io.portguard.Mode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A pattern of the first bytes of a connection, written {@code NAME: bytes "16 03 ?? ?? ?? 01" at 0 -> refuse} or
 * {@code NAME: text "SSH-" at 0 -> shadow}. Immutable.
 *
 * <p>{@code bytes} are hexadecimal, {@code ??} stands for any byte and {@code ?} for any half of one, as in YARA;
 * {@code text} knows {@code \r}, {@code \n}, {@code \t}, {@code \"}, {@code \\} and {@code \xHH}. Without {@code at} the
 * pattern is at the very beginning. The action is {@code refuse}, the default, or {@code shadow}, which only counts.
 */
public final class Signature {

    /** How the bytes that are there agree with a signature. */
    enum Match {
        NO,
        /** They do, as far as they go. */
        SO_FAR,
        YES
    }

    /** How many bytes from the beginning a signature may look at. */
    static final int MAX_EXTENT = 256;

    static final String FORM =
            "NAME: bytes \"16 03 ?? 0?\" at OFFSET -> refuse, or text \"...\" for bytes, or shadow for refuse";

    private static final Pattern SYNTAX = Pattern.compile("([a-z][a-z0-9-]{0,39})\\s*:\\s*(bytes|text)\\s*\"(.*)\""
            + "(?:\\s*at\\s+(\\d{1,3}))?(?:\\s*->\\s*(refuse|shadow))?");

    private final String name;
    private final int offset;
    private final byte[] values;
    private final byte[] masks;
    private final Mode action;
    private final String text;

    private Signature(String name, int offset, byte[] values, byte[] masks, Mode action, String text) {
        this.name = name;
        this.offset = offset;
        this.values = values;
        this.masks = masks;
        this.action = action;
        this.text = text;
    }

    /**
     * The signature that the text writes.
     *
     * @throws IllegalArgumentException when it writes none; the message says what was expected
     */
    static Signature parse(String text) {
        String trimmed = text.trim();
        Matcher syntax = SYNTAX.matcher(trimmed);
        if (!syntax.matches()) {
            throw new IllegalArgumentException(FORM + "; \"" + trimmed + "\" is not of that form");
        }
        String name = syntax.group(1);
        PatternBytes pattern = new PatternBytes();
        String problem =
                syntax.group(2).equals("bytes") ? pattern.readHex(syntax.group(3)) : pattern.readText(syntax.group(3));
        if (problem != null) {
            throw new IllegalArgumentException(FORM + "; " + problem + " in \"" + name + "\"");
        }
        int offset = syntax.group(4) == null ? 0 : Integer.parseInt(syntax.group(4));
        if (offset + pattern.length() > MAX_EXTENT) {
            throw new IllegalArgumentException("signatures of the first " + MAX_EXTENT + " bytes; \"" + name
                    + "\" goes up to byte " + (offset + pattern.length()));
        }
        Mode action = "shadow".equals(syntax.group(5)) ? Mode.SHADOW : Mode.ENFORCE;
        return new Signature(name, offset, pattern.values(), pattern.masks(), action, trimmed);
    }

    static Signature ofText(String name, String ascii) {
        byte[] values = ascii.getBytes(StandardCharsets.US_ASCII);
        byte[] masks = new byte[values.length];
        Arrays.fill(masks, (byte) 0xff);
        return new Signature(name, 0, values, masks, Mode.ENFORCE, name + ": text \"" + ascii + "\"");
    }

    public String name() {
        return name;
    }

    /** {@link Mode#ENFORCE} for refusing, {@link Mode#SHADOW} for only counting. */
    public Mode action() {
        return action;
    }

    /** How many bytes from the beginning it looks at. */
    int extent() {
        return offset + values.length;
    }

    /** Whether it says nothing of the byte at this place, or the byte agrees with it. */
    boolean agrees(int at, int b) {
        int i = at - offset;
        return i < 0 || i >= values.length || (b & masks[i]) == (values[i] & 0xff);
    }

    Match match(byte[] first, int length) {
        int there = Math.min(length - offset, values.length);
        for (int i = 0; i < there; i++) {
            if ((first[offset + i] & masks[i]) != values[i]) {
                return Match.NO;
            }
        }
        return there == values.length ? Match.YES : Match.SO_FAR;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Signature that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
