package io.portguard.wire;

import io.portguard.Mode;
import java.util.ArrayList;
import java.util.List;

/**
 * Tells from the first bytes of a connection whether it speaks what is spoken on the port. Immutable and thread-safe;
 * looking allocates nothing.
 *
 * <p>Bytes are judged as they come, and what has been judged wrong stays so: one byte at a time or all at once, the
 * answer is the same.
 */
public final class FirstBytes {

    /** What is seen, spelled as in metrics, beside the names of configured signatures. */
    public static final List<String> PROTOCOLS =
            List.of("tls", "http", "ssh", "rdp", "smb", "telnet", "proxy", "text", "binary");

    /** The name that plain HTTP on a TLS port is seen by. */
    public static final String HTTP = "http";

    /** The name that the preamble of a proxy is seen by. */
    public static final String PROXY = "proxy";

    private static final List<Signature> STRANGE_TO_HTTP = List.of(
            Signature.parse("tls: bytes \"16 03 0?\""),
            Signature.parse("ssh: text \"SSH-\""),
            Signature.parse("rdp: bytes \"03 00 ?? ?? ?? e0\""),
            Signature.parse("smb: bytes \"00 ?? ?? ?? ff 53 4d 42\""),
            Signature.parse("smb: bytes \"00 ?? ?? ?? fe 53 4d 42\""),
            Signature.parse("telnet: bytes \"ff f?\""),
            Signature.parse("proxy: text \"PROXY \""),
            Signature.parse("proxy: bytes \"0d 0a 0d 0a 00 0d 0a 51 55 49 54 0a\""));

    private final Spoken spoken;
    private final List<Signature> signatures;
    private final List<Sight.Strange> sights;
    private final Sight.Strange text;
    private final Sight.Strange binary;
    private final int extent;

    private FirstBytes(Spoken spoken, Mode wrongProtocol, Signatures own) {
        this.spoken = spoken;
        List<Signature> inOrder = new ArrayList<>();
        List<Sight.Strange> seen = new ArrayList<>();
        // What only counts comes last, so that it hides nothing that is refused.
        for (Mode action : List.of(Mode.ENFORCE, Mode.SHADOW)) {
            own.all().stream().filter(signature -> signature.action() == action).forEach(signature -> {
                inOrder.add(signature);
                seen.add(new Sight.Strange(signature.name(), action, true));
            });
            if (wrongProtocol == action) {
                strangeTo(spoken).forEach(signature -> {
                    inOrder.add(signature);
                    seen.add(new Sight.Strange(signature.name(), action, false));
                });
            }
        }
        signatures = List.copyOf(inOrder);
        sights = List.copyOf(seen);
        text = new Sight.Strange("text", wrongProtocol, false);
        binary = new Sight.Strange("binary", wrongProtocol, false);
        extent = signatures.stream().mapToInt(Signature::extent).max().orElse(1);
    }

    /**
     * Looks for the wrong protocol on a port where this one is spoken, and for configured signatures.
     *
     * @param wrongProtocol what is done about a wrong protocol; {@link Mode#OFF} to look for configured signatures alone
     */
    public static FirstBytes of(Spoken spoken, Mode wrongProtocol, Signatures own) {
        return new FirstBytes(wrongProtocol == Mode.OFF ? Spoken.UNKNOWN : spoken, wrongProtocol, own);
    }

    private static List<Signature> strangeTo(Spoken spoken) {
        if (spoken == Spoken.UNKNOWN) {
            return List.of();
        }
        List<Signature> strange = new ArrayList<>(STRANGE_TO_HTTP);
        if (spoken == Spoken.UNPROXIED) {
            strange.removeIf(signature -> !signature.name().equals(PROXY));
        }
        if (spoken != Spoken.HTTP) {
            strange.removeIf(signature -> signature.name().equals("tls"));
        }
        if (spoken == Spoken.TLS) {
            HttpMethods.ALL.forEach(method -> strange.add(Signature.ofText(HTTP, method + " ")));
        }
        return strange;
    }

    /** Whether there is nothing that could be found. */
    public boolean isEmpty() {
        return spoken == Spoken.UNKNOWN && signatures.isEmpty();
    }

    /** How many bytes are looked at, at most: more of them change no answer. */
    public int extent() {
        return extent;
    }

    /** What the first {@code length} bytes, at most {@link #extent()} of them, are. */
    public Sight look(byte[] first, int length) {
        if (length == 0) {
            return Sight.OPEN;
        }
        boolean open = false;
        boolean refused = text.action() == Mode.ENFORCE && !spoken.mayBeginWith(first[0] & 0xff);
        // An index and not an iterator: this is done for every connection.
        for (int i = 0; i < signatures.size(); i++) {
            switch (signatures.get(i).match(first, length)) {
                case YES -> {
                    if (!open) {
                        return sights.get(i);
                    }
                    // One before it may still become the one that counts.
                    refused |= sights.get(i).action() == Mode.ENFORCE;
                }
                case SO_FAR -> open = true;
                case NO -> {}
            }
        }
        if (open) {
            return refused ? Sight.UNNAMED : Sight.OPEN;
        }
        return spoken.mayBeginWith(first[0] & 0xff) ? Sight.FAMILIAR : isText(first[0]) ? text : binary;
    }

    private static boolean isText(int b) {
        return (b >= ' ' && b < 0x7f) || b == '\r' || b == '\n' || b == '\t';
    }
}
