package io.portguard.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Mode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FirstBytesTest {

    private static final List<Spoken> SPOKEN = List.of(Spoken.values());
    private static final List<Mode> MODES = List.of(Mode.values());

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** What is seen at last, when the bytes come one by one; what was decided once must stay so. */
    private static Sight look(FirstBytes looking, byte[] all) {
        int length = Math.min(all.length, looking.extent());
        Sight whole = looking.look(all, length);
        boolean wasRefused = false;
        for (int i = 0; i < length; i++) {
            Sight begun = looking.look(all, i);
            if (begun instanceof Sight.Strange || begun == Sight.FAMILIAR) {
                assertThat(whole).as("after %d bytes of %d", i, length).isEqualTo(begun);
            }
            wasRefused |= begun == Sight.UNNAMED;
        }
        if (wasRefused) {
            assertThat(whole == Sight.UNNAMED
                            || (whole instanceof Sight.Strange strange && strange.action() == Mode.ENFORCE))
                    .as("refused before, now %s", whole)
                    .isTrue();
        }
        return whole;
    }

    private static String seen(Spoken spoken, String text) {
        Sight sight = look(FirstBytes.of(spoken, Mode.ENFORCE, Signatures.NONE), bytes(text));
        return sight instanceof Sight.Strange strange ? strange.protocol() : sight.toString();
    }

    @ParameterizedTest
    @CsvSource({
        "GET / HTTP/1.1,                     FAMILIAR",
        "SEARCH / HTTP/1.1,                  FAMILIAR",
        "PROPFIND / HTTP/1.1,                FAMILIAR",
        "PRI * HTTP/2.0,                     FAMILIAR",
        "x-own-method / HTTP/1.1,            FAMILIAR",
        "S,                                  OPEN",
        "SSH-2.0-OpenSSH_9.2p1,              ssh",
        "PROXY TCP4 1.2.3.4 1.2.3.4 1 2,     proxy",
        "{\"id\":1},                         text",
    })
    void onAPortOfHttp(String text, String expected) {
        assertThat(seen(Spoken.HTTP, text)).isEqualTo(expected);
    }

    @Test
    void onAPortOfHttpBinariesAreToldApart() {
        assertThat(seen(Spoken.HTTP, "\u0016\u0003\u0001\u0002\u0000\u0001")).isEqualTo("tls");
        assertThat(seen(Spoken.HTTP, "\u0003\u0000\u0000\u0013\u000e\u00e0\u0000"))
                .isEqualTo("rdp");
        assertThat(seen(Spoken.HTTP, "\u0000\u0000\u0000\u0085\u00ffSMBr")).isEqualTo("smb");
        assertThat(seen(Spoken.HTTP, "\u0000\u0000\u0000\u0085\u00feSMB@")).isEqualTo("smb");
        assertThat(seen(Spoken.HTTP, "\u00ff\u00fd\u0018")).isEqualTo("telnet");
        assertThat(seen(Spoken.HTTP, "\r\n\r\n\0\r\nQUIT\n!")).isEqualTo("proxy");
        assertThat(seen(Spoken.HTTP, "\r\nGET / HTTP/1.1")).isEqualTo("FAMILIAR");
        assertThat(seen(Spoken.HTTP, "\u0005\u0001\u0000")).isEqualTo("binary");
        assertThat(seen(Spoken.HTTP, "\u0003")).isEqualTo("UNNAMED");
        assertThat(seen(Spoken.HTTP, "\u0000\u0000\u0000\u0000\u0000")).isEqualTo("binary");
    }

    @Test
    void onAPortOfTls() {
        assertThat(seen(Spoken.TLS, "\u0016\u0003\u0001")).isEqualTo("FAMILIAR");
        assertThat(seen(Spoken.TLS, "\u0080.\u0001\u0003\u0001")).isEqualTo("FAMILIAR");
        assertThat(seen(Spoken.TLS, "GET / HTTP/1.1")).isEqualTo("http");
        assertThat(seen(Spoken.TLS, "DELETE /x HTTP/1.1")).isEqualTo("http");
        assertThat(seen(Spoken.TLS, "PRI * HTTP/2.0")).isEqualTo("http");
        assertThat(seen(Spoken.TLS, "GE")).isEqualTo("UNNAMED");
        assertThat(seen(Spoken.TLS, "EHLO there\r\n")).isEqualTo("text");
        assertThat(seen(Spoken.TLS, "SSH-2.0")).isEqualTo("ssh");
        assertThat(seen(Spoken.TLS, "\u0003\u0000\u0000\u0013\u000e\u00e0")).isEqualTo("rdp");
        assertThat(seen(Spoken.TLS, "\u0001")).isEqualTo("binary");
    }

    @Test
    void onAPortOfBoth() {
        assertThat(seen(Spoken.HTTP_OR_TLS, "\u0016\u0003\u0001")).isEqualTo("FAMILIAR");
        assertThat(seen(Spoken.HTTP_OR_TLS, "GET / ")).isEqualTo("FAMILIAR");
        assertThat(seen(Spoken.HTTP_OR_TLS, "SSH-")).isEqualTo("ssh");
    }

    @Test
    void onAPortOfWhoKnowsWhatOnlyConfiguredSignaturesAreLookedFor() {
        assertThat(FirstBytes.of(Spoken.UNKNOWN, Mode.ENFORCE, Signatures.NONE).isEmpty())
                .isTrue();
        assertThat(FirstBytes.of(Spoken.HTTP, Mode.OFF, Signatures.NONE).isEmpty())
                .isTrue();
        Signatures own = Signatures.parse("stats: text \"STATS\\r\\n\"");
        FirstBytes looking = FirstBytes.of(Spoken.UNKNOWN, Mode.ENFORCE, own);
        assertThat(look(looking, bytes("STATS\r\n"))).isEqualTo(new Sight.Strange("stats", Mode.ENFORCE, true));
        assertThat(look(looking, bytes("STATIC"))).isSameAs(Sight.FAMILIAR);
        assertThat(look(looking, bytes("\u0001"))).isSameAs(Sight.FAMILIAR);
    }

    @Test
    void whereNothingIsKnownBesidesAPreambleIsStillNone() {
        assertThat(seen(Spoken.UNPROXIED, "PROXY TCP4 1.2.3.4")).isEqualTo("proxy");
        assertThat(seen(Spoken.UNPROXIED, "SSH-2.0")).isEqualTo("FAMILIAR");
        assertThat(seen(Spoken.UNPROXIED, "\u0001")).isEqualTo("FAMILIAR");
    }

    @Test
    void configuredSignaturesComeFirstAndThoseThatOnlyCountHideNothing() {
        Signatures own = Signatures.parse("go: text \"SSH-2.0-Go\", all: text \"SSH-\" -> shadow");
        FirstBytes looking = FirstBytes.of(Spoken.HTTP, Mode.ENFORCE, own);
        assertThat(look(looking, bytes("SSH-2.0-Go"))).isEqualTo(new Sight.Strange("go", Mode.ENFORCE, true));
        assertThat(look(looking, bytes("SSH-2.0-libssh"))).isEqualTo(new Sight.Strange("ssh", Mode.ENFORCE, false));
        assertThat(look(looking, bytes("SSH-2"))).isSameAs(Sight.UNNAMED);
        FirstBytes lenient = FirstBytes.of(Spoken.HTTP, Mode.SHADOW, Signatures.parse("go: text \"SSH-2.0-Go\""));
        assertThat(look(lenient, bytes("SSH-2"))).isSameAs(Sight.OPEN);
        assertThat(look(lenient, bytes("SSH-2.0-libssh"))).isEqualTo(new Sight.Strange("ssh", Mode.SHADOW, false));
        assertThat(look(lenient, bytes("\u0003"))).isSameAs(Sight.OPEN);
    }

    @Test
    void whateverComesOneByOneOrAtOnceTheAnswerIsTheSame() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Signatures own = Signatures.parse("a: text \"SSH-2\", b: bytes \"03 00 ?? ?? 0? e0\" -> shadow,"
                + " c: bytes \"?0 00 00\" at 1, d: bytes \"ff\" at 1");
        String[] samples = {
            "SSH-2.0-x",
            "\u0003\u0000\u0000\u0013\u000e\u00e0\u0000",
            "\u0000\u0000\u0000\u0085\u00ffSMBr",
            "GET / HTTP/1.1",
            "PROXY TCP4 ",
            "\r\n\r\n\0\r\nQUIT\n",
            "\u0016\u0003\u0001\u0002\u0000\u0001",
        };
        for (int i = 0; i < 50_000; i++) {
            byte[] all = bytes(samples[random.nextInt(samples.length)]);
            for (int change = random.nextInt(3); change > 0; change--) {
                all[random.nextInt(all.length)] = (byte)
                        (random.nextBoolean()
                                ? random.nextInt(256)
                                : new int[] {0, 3, 0xff, 0xe0, ' '}[random.nextInt(5)]);
            }
            Spoken spoken = SPOKEN.get(random.nextInt(SPOKEN.size()));
            Mode wrong = MODES.get(random.nextInt(MODES.size()));
            try {
                look(FirstBytes.of(spoken, wrong, random.nextBoolean() ? own : Signatures.NONE), all);
            } catch (RuntimeException | AssertionError fault) {
                throw new AssertionError("seed " + seed + ", round " + i, fault);
            }
        }
    }
}
