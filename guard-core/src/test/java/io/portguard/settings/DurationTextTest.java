package io.portguard.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {

    @ParameterizedTest
    @CsvSource({
        "20ms, PT0.02S, 20ms",
        "10s, PT10S, 10s",
        "5m, PT5M, 5m",
        "1h, PT1H, 1h",
        "2d, PT48H, 2d",
        "7us, PT0.000007S, 7us",
        "9ns, PT0.000000009S, 9ns",
        "0s, PT0S, 0s",
        "0ms, PT0S, 0s",
        "1500ms, PT1.5S, 1500ms",
        "90s, PT1M30S, 90s",
        "3600s, PT1H, 1h",
        "' 20 MS ', PT0.02S, 20ms",
        "PT10S, PT10S, 10s",
        "pt0.5s, PT0.5S, 500ms",
        "P1D, PT24H, 1d",
        "1001us, PT0.001001S, 1001us"
    })
    void aDurationIsReadAndWrittenInItsLargestWholeUnit(String text, Duration duration, String written) {
        assertThat(DurationText.parse(text)).contains(duration);
        assertThat(DurationText.format(duration)).isEqualTo(written);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "10",
                "ms",
                "-5s",
                "1.5s",
                "10 seconds",
                "1h30m",
                "1e3s",
                "999999999999999s",
                "PT",
                "P",
                "p",
                "pt",
                "10S S",
                "٣s"
            })
    void whatIsNoDurationIsNone(String text) {
        assertThat(DurationText.parse(text)).isEmpty();
    }

    @Test
    void whatIsWrittenIsReadAgain() {
        SplittableRandom random = new SplittableRandom(51);
        for (int i = 0; i < 10_000; i++) {
            long scale = (long) Math.pow(10, random.nextInt(12));
            Duration duration = Duration.ofNanos(random.nextLong(1_000_000) * scale);
            assertThat(DurationText.parse(DurationText.format(duration))).contains(duration);
        }
    }

    @Test
    void theLongestIsReadWithoutOverflow() {
        assertThat(DurationText.parse("999999999999d")).contains(Duration.ofDays(999_999_999_999L));
        assertThat(DurationText.parse("999999999999us")).contains(Duration.of(999_999_999_999L, ChronoUnit.MICROS));
    }
}
