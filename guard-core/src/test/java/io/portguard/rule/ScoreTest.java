package io.portguard.rule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScoreTest {

    private static final long MINUTE = Duration.ofMinutes(1).toNanos();
    private static final Offset<Long> UNIT = Offset.offset(4L << 20);

    @ParameterizedTest
    @ValueSource(longs = {0, -1, 1, Long.MAX_VALUE, Long.MIN_VALUE, (1L << 51) - 1, -(1L << 51), 1L << 52})
    void aScoreIsForgivenInItsTimeWhateverTheClockShows(long start) {
        int score = Score.plus(Score.NONE, 10 * MINUTE, start);
        assertThat(Score.nanosLeft(score, start)).isCloseTo(10 * MINUTE, UNIT);
        assertThat(Score.nanosLeft(score, start + 4 * MINUTE)).isCloseTo(6 * MINUTE, UNIT);
        int more = Score.plus(score, MINUTE, start + 4 * MINUTE);
        assertThat(Score.nanosLeft(more, start + 4 * MINUTE)).isCloseTo(7 * MINUTE, UNIT);
        assertThat(Score.nanosLeft(more, start + 12 * MINUTE)).isZero();
        assertThat(Score.nanosLeft(more, start + Duration.ofDays(15).toNanos())).isZero();
        assertThat(Score.nanosLeft(Score.NONE, start)).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {71, 72, 73})
    void itIsWhatASimplerAccountSays(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long now = random.nextLong();
        int score = Score.NONE;
        long account = 0;
        for (int i = 0; i < 2_000; i++) {
            long elapsed = random.nextLong(5 * MINUTE);
            long penalty = random.nextLong(8 * MINUTE);
            now += elapsed;
            account = Math.min(Math.max(0, account - elapsed) + penalty, Score.MAX_NANOS);
            score = Score.plus(score, penalty, now);
            assertThat(Score.nanosLeft(score, now))
                    .as("seed %d, step %d", seed, i)
                    .isCloseTo(account, Offset.offset((i + 1L) << 21));
            assertThat(Score.nanosLeft(score, now)).isLessThanOrEqualTo(Score.MAX_NANOS + (2L << 20));
        }
    }
}
