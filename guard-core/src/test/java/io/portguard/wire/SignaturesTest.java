package io.portguard.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portguard.Mode;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignaturesTest {

    private static final String MINER = "miner: text \"{\\\"id\\\":1,\" at 0 -> refuse";

    @Test
    void aListIsCutAtTheCommasOutsideOfQuotes() {
        Signatures signatures = Signatures.parse(MINER + ", socks: bytes \"05 0? ??\" -> shadow");
        assertThat(signatures.all()).hasSize(2);
        assertThat(signatures.all().get(0).name()).isEqualTo("miner");
        assertThat(signatures.all().get(0).extent()).isEqualTo(8);
        assertThat(signatures.all().get(1).action()).isEqualTo(Mode.SHADOW);
        assertThat(Signatures.parse(signatures.toString())).isEqualTo(signatures);
        assertThat(Signatures.parse(" ")).isSameAs(Signatures.NONE);
    }

    @Test
    void wildcardsStandForABytesOrHalfOfOne() {
        Signature signature = Signature.parse("x: bytes \"f? ?1 ?? 0a\" at 2");
        byte[] bytes = {9, 9, (byte) 0xf7, (byte) 0x91, 5, 10};
        assertThat(signature.match(bytes, 6)).isEqualTo(Signature.Match.YES);
        for (int length = 0; length < 6; length++) {
            assertThat(signature.match(bytes, length)).isEqualTo(Signature.Match.SO_FAR);
        }
        bytes[3] = (byte) 0x92;
        assertThat(signature.match(bytes, 4)).isEqualTo(Signature.Match.NO);
    }

    @Test
    void textHasEscapes() {
        Signature signature = Signature.parse("x: text \"a\\r\\n\\t\\\"\\\\\\xff\"");
        byte[] bytes = {'a', '\r', '\n', '\t', '"', '\\', (byte) 0xff};
        assertThat(signature.match(bytes, 7)).isEqualTo(Signature.Match.YES);
    }

    /** Texts that are almost signatures: taken as they write themselves again, or turned down with a sentence. */
    @Test
    void anyTextIsReadOrTurnedDownWithASentence() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        String letters = "x:b\"05 ?a\\ftn,->09";
        List<String> seeds = List.of(
                MINER,
                "socks: bytes \"05 0? ??\" at 2 -> shadow",
                "a: text \"\\x01\\r\\n\" at 4",
                "b: bytes \"ff ?1 1?\"");
        int read = 0;
        for (int i = 0; i < 10_000; i++) {
            StringBuilder text = new StringBuilder(seeds.get(random.nextInt(seeds.size())));
            for (int edits = random.nextInt(4); edits > 0 && !text.isEmpty(); edits--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.deleteCharAt(at);
                    case 1 -> text.insert(at, letters.charAt(random.nextInt(letters.length())));
                    default -> text.setCharAt(at, letters.charAt(random.nextInt(letters.length())));
                }
            }
            try {
                Signatures signatures = Signatures.parse(text.toString());
                assertThat(Signatures.parse(signatures.toString())).isEqualTo(signatures);
                signatures.all().forEach(signature -> everyFragmentIsJudgedTheSame(signature, random, seed));
                read++;
            } catch (IllegalArgumentException turnedDown) {
                assertThat(turnedDown.getMessage())
                        .as("seed %s: %s", seed, text)
                        .isNotBlank();
            }
        }
        assertThat(read).as("some of each").isBetween(200, 9_800);
    }

    /** What matches, or does not, does so with any more bytes behind; what has matched so far was undecided before. */
    private static void everyFragmentIsJudgedTheSame(Signature signature, Random random, long seed) {
        byte[] bytes = new byte[Math.min(signature.extent(), 64) + 2];
        random.nextBytes(bytes);
        Signature.Match before = Signature.Match.SO_FAR;
        for (int length = 0; length <= bytes.length; length++) {
            Signature.Match match = signature.match(bytes, length);
            if (before != Signature.Match.SO_FAR) {
                assertThat(match).as("seed %s: %s", seed, signature).isEqualTo(before);
            }
            before = match;
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "x: bytes 05",
                "X: bytes \"05\"",
                "x: bytes \"05\" at -1",
                "x: bytes \"05\" -> ban",
                "x: bytes \"05\" at 1 2",
                "x: bytes \"0\"",
                "x: bytes \"0g\"",
                "x: bytes \"\"",
                "x: text \"\"",
                "x: text \"\u00e4\"",
                "x: text \"\\q\"",
                "x: text \"\\x4\"",
                "x: text \"\\\"",
                "x: text \"a\"b\"",
            })
    void whatIsNoSignatureIsTurnedDown(String text) {
        assertThatThrownBy(() -> Signature.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("NAME: bytes \"16 03 ?? 0?\" at OFFSET -> refuse, or text \"...\" for bytes,");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "x: text \"GET \" | HTTP GET requests",
                "x: text \"HEAD /shell\" | HTTP HEAD requests",
                "x: text \"PRI * HTTP/2.0\" | the preface of HTTP/2",
                "x: text \"PROPFIND\" | HTTP PROPFIND requests",
                "x: text \"Upgrade: websocket\" at 30 | the preface of HTTP/2",
                "x: text \" / HTTP/1.1\" at 3 | HTTP GET requests",
                "x: bytes \"?? ??\" | the preface of HTTP/2",
                "x: bytes \"16 03 ?? ?? ?? 01\" | TLS handshakes",
                "x: bytes \"1? 0?\" | TLS handshakes",
                "x: bytes \"01\" at 5 | TLS handshakes",
                "x: bytes \"00 00\" at 60 | the preface of HTTP/2",
                "x: bytes \"0d 0a 47\" | HTTP GET requests",
                "x: bytes \"00 00\" at 40 | the preface of HTTP/2",
            })
    void whatOrdinaryClientsSendMatchesNone(String text, String what) {
        assertThatThrownBy(() -> Signatures.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("signatures that no ordinary client matches; \"x\" would match " + what + " too");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x: text \"SSH-2.0-Go\"",
                "x: bytes \"05 01 00\"",
                "x: bytes \"ff 53 4d 42\" at 4",
                "x: text \"STATS\\r\\n\"",
                "x: text \"get \"",
                "x: bytes \"16 03 ?? ?? ?? 02\"",
                "x: text \"* OPTIONS\"",
            })
    void whatTheyDoNotSendIsTaken(String text) {
        assertThat(Signatures.parse(text).all()).hasSize(1);
    }

    @Test
    void namesAreGivenOnceAndExtentsAreBounded() {
        assertThatThrownBy(() -> Signatures.parse("x: bytes \"05\", x: bytes \"06\""))
                .hasMessage("a name for each signature; there are two of \"x\"");
        assertThatThrownBy(() -> Signatures.parse("x: bytes \"05 06\" at 255"))
                .hasMessage("signatures of the first 256 bytes; \"x\" goes up to byte 257");
    }

    @Test
    void thoseThatAreBuiltInAreNotOverBroadEither() {
        for (Spoken spoken : List.of(Spoken.HTTP, Spoken.HTTP_OR_TLS)) {
            assertThat(FirstBytes.of(spoken, Mode.ENFORCE, Signatures.NONE).isEmpty())
                    .isFalse();
        }
        for (String name :
                List.of("ssh: text \"SSH-\"", "rdp: bytes \"03 00 ?? ?? ?? e0\"", "telnet: bytes \"ff f?\"")) {
            assertThat(SignatureLint.conflict(Signature.parse(name))).isNull();
        }
    }
}
