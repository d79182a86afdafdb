package io.portguard.wire;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds signatures that would refuse what an ordinary client sends: an HTTP/1 request of any registered method, a
 * WebSocket upgrade among them, the preface of HTTP/2, or a TLS handshake.
 */
final class SignatureLint {

    /*
     * What is ordinary is written as the set of bytes that may stand at each place. A signature is over-broad when at
     * every place it looks at one of these bytes agrees with it. That finds each conflict, and in exchange calls some
     * signatures over-broad that would match rare requests only, a byte in the middle of a body for instance.
     */

    /** The shortest rest of a request behind the first character of its target; a body may follow. */
    private static final int SHORTEST_REST = " HTTP/1.0\r\n\r\n".length();

    private static final byte[] HTTP2_PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private static final List<Ordinary> ORDINARY = ordinary();

    private SignatureLint() {}

    /** What ordinary clients send that the signature would match too; null when there is nothing. */
    static @Nullable String conflict(Signature signature) {
        for (Ordinary ordinary : ORDINARY) {
            if (ordinary.mayMatch(signature)) {
                return ordinary.name;
            }
        }
        return null;
    }

    private static List<Ordinary> ordinary() {
        BitSet any = range(0, 0xff);
        BitSet text = range(' ', 0xff);
        "\t\r\n".chars().forEach(text::set);
        text.clear(0x7f);
        BitSet target = range('!', '~');

        List<Ordinary> all = new ArrayList<>();
        all.add(new Ordinary("the preface of HTTP/2", any).bytes(HTTP2_PREFACE));
        for (String method : HttpMethods.ALL) {
            for (String before : List.of("", "\r\n")) {
                // An empty line before the request is to be ignored: RFC 9112, section 2.2.
                Ordinary request = new Ordinary("HTTP " + method + " requests", any)
                        .bytes((before + method + " ").getBytes(StandardCharsets.US_ASCII))
                        .place(target);
                for (int i = 0; i < SHORTEST_REST; i++) {
                    request.place(text);
                }
                all.add(request);
            }
        }
        all.add(new Ordinary("TLS handshakes", any)
                .bytes(new byte[] {0x16, 0x03})
                .place(range(0, 4))
                .place(any)
                .place(any)
                .bytes(new byte[] {0x01})
                .place(any)
                .place(any)
                .place(any)
                .bytes(new byte[] {0x03})
                .place(range(0, 4)));
        return all;
    }

    private static BitSet range(int from, int to) {
        BitSet set = new BitSet(256);
        set.set(from, to + 1);
        return set;
    }

    /** Which bytes may stand where; behind the last place any of {@code rest}. */
    private static final class Ordinary {

        private final String name;
        private final BitSet rest;
        private final List<BitSet> places = new ArrayList<>();

        Ordinary(String name, BitSet rest) {
            this.name = name;
            this.rest = rest;
        }

        Ordinary place(BitSet set) {
            places.add(set);
            return this;
        }

        Ordinary bytes(byte[] fixed) {
            for (byte b : fixed) {
                place(range(b & 0xff, b & 0xff));
            }
            return this;
        }

        boolean mayMatch(Signature signature) {
            for (int at = 0; at < signature.extent(); at++) {
                BitSet set = at < places.size() ? places.get(at) : rest;
                int place = at;
                if (set.stream().noneMatch(b -> signature.agrees(place, b))) {
                    return false;
                }
            }
            return true;
        }
    }
}
