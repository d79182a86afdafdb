package io.portguard.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PriorityHeaderTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "u=0 | 0",
                "u=7 | 7",
                "u=4, i | 4",
                "i, u=5 | 5",
                "i,u=5 | 5",
                "i\t,\tu=5 | 5",
                "u=5;x | 5",
                "u=5;x=1;y=\"a,b\" | 5",
                "u=1, u=6 | 6",
                "u=6, u=1 | 1",
                "x=\"a, u=7\", i | 3",
                "x=\"a\\\", u=7\", u=2 | 2",
                "x=(1 2;q=3 \"u=7\");r, u=6 | 6",
                "x=(), u=6 | 6",
                "*a=:cHI=:  | 3",
                "a=?1, b=@16, u=6 | 6",
                "a.b-c_d*=1.5, u=6 | 6"
            })
    void theUrgencyIsReadOutOfADictionary(String header, int urgency) {
        assertThat(PriorityHeader.urgency(header)).isEqualTo(urgency);
        assertThat(PriorityHeader.urgency("  " + header + "  ")).isEqualTo(urgency);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"u", "u=", "u=8", "u=-7", "u=x", "u=7.0", "u=07", "u=77", "u=\"7\"", "u=?1", "u=(7)", "u;a=7"})
    void whatIsNoUrgencyAsksForNone(String header) {
        assertThat(PriorityHeader.urgency(header)).isEqualTo(PriorityHeader.DEFAULT_URGENCY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "u=7,",
                ",u=7",
                "u=7 i",
                "u=7;",
                "u=7;=",
                "u=7;A",
                "xu=7",
                "U=7",
                "u =7",
                "u= 7",
                "u=7, A=1",
                "u=7, x=\"",
                "u=7, x=\"\\a\"",
                "u=7, x=\"\u00e9\"",
                "u=7, x=(1",
                "u=7, x=(1\"a\")",
                "u=7, x=)",
                "u=7,, i",
                "\tu=7",
                "u=7\u0000",
                "\u00fc=7",
                "1=2, u=7"
            })
    void aHeaderThatIsNoDictionaryIsIgnored(String header) {
        assertThat(PriorityHeader.urgency(header)).isEqualTo(PriorityHeader.DEFAULT_URGENCY);
    }

    @Test
    void aHeaderThatIsMissingOrTooLongAsksForNone() {
        assertThat(PriorityHeader.urgency(null)).isEqualTo(PriorityHeader.DEFAULT_URGENCY);
        assertThat(PriorityHeader.urgency("")).isEqualTo(PriorityHeader.DEFAULT_URGENCY);
        assertThat(PriorityHeader.urgency("u=7" + " ".repeat(300))).isEqualTo(PriorityHeader.DEFAULT_URGENCY);
    }

    @ParameterizedTest
    @ValueSource(longs = {41, 42, 43})
    void whateverIsSentTheUrgencyIsOneOfEight(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        String[] parts = {
            "u", "=", "7", "0", ",", " ", ";", "\"", "\\", "(", ")", "i", "\t", "é", "\0", "a=1", "u=6", "?1"
        };
        for (int i = 0; i < 100_000; i++) {
            StringBuilder header = new StringBuilder();
            for (int length = random.nextInt(12); length > 0; length--) {
                header.append(parts[random.nextInt(parts.length)]);
            }
            String text = header.toString();
            int urgency = PriorityHeader.urgency(text);
            assertThat(urgency).as("seed %d: %s", seed, text).isBetween(0, 7);
            boolean says = text.contains("u=" + urgency);
            assertThat(says || urgency == PriorityHeader.DEFAULT_URGENCY)
                    .as("seed %d: %s", seed, text)
                    .isTrue();
        }
    }
}
