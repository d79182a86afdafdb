package io.portguard.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UsageTest {

    private static final long MILLI = 1_000_000L;
    private static final double MEMORY_NANOS = 2e9;

    @ParameterizedTest
    @ValueSource(longs = {41, 42, 43, 44, 45})
    void itFollowsTheExactExponentialAverage(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long now = random.nextLong();
        long usage = Usage.none(now);
        double exact = 0;
        int inProgress = 0;
        for (int i = 0; i < 20_000; i++) {
            long elapsed = random.nextLong(random.nextInt(50) == 0 ? 400 * MILLI : 20 * MILLI);
            now += elapsed;
            exact = inProgress + (exact - inProgress) * Math.exp(-elapsed / MEMORY_NANOS);
            assertThat(Usage.at(usage, inProgress, now))
                    .as("seed %d", seed)
                    .isCloseTo(exact, within(0.02 + exact * 0.01));
            usage = Usage.accrued(usage, inProgress, now);
            inProgress = Math.max(0, inProgress + random.nextInt(5) - 2);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {100, 500, 1_000, 2_000, 5_000, 10_000, 60_000})
    void aLongWaitIsForgottenAboutAsTheExactAverageForgetsIt(long millis) {
        long usage = Usage.accrued(Usage.none(0), 10, 600_000 * MILLI);
        long later = 600_000 * MILLI + millis * MILLI;
        double exact = 10 * Math.exp(-millis / 2_000.0);
        // A rational function in place of e^-x: within 3 % of the whole range.
        assertThat(Usage.at(usage, 0, later)).isCloseTo(exact, within(0.3));
    }

    @Test
    void manyShortRequestsCountLikeAFewLongOnes() {
        long usage = Usage.none(0);
        long now = 0;
        // A hundred a second of 10 ms each, one after the other: one in progress all the time.
        for (int i = 0; i < 2_000; i++) {
            usage = Usage.accrued(usage, 0, now);
            now += 10 * MILLI;
            usage = Usage.accrued(usage, 1, now);
        }
        assertThat(Usage.at(usage, 0, now)).isCloseTo(1, within(0.01));
    }

    @Test
    void aClockThatSeemsToGoBackChangesNothing() {
        long usage = Usage.accrued(Usage.none(0), 4, 1_000 * MILLI);
        double before = Usage.at(usage, 4, 1_000 * MILLI);
        assertThat(Usage.at(usage, 4, 900 * MILLI)).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE - 500 * MILLI, -500 * MILLI, (1L << 47) - 500 * MILLI, Long.MIN_VALUE})
    void theClockMayWrapAround(long start) {
        long usage = Usage.none(start);
        assertThat(Usage.at(usage, 1, start + 2_000 * MILLI)).isCloseTo(1 - Math.exp(-1), within(0.02));
    }

    @Test
    void itIsNeverNegativeNorAboveTheMostInProgress() {
        SplittableRandom random = new SplittableRandom(9);
        long usage = Usage.none(0);
        long now = 0;
        for (int i = 0; i < 10_000; i++) {
            now += random.nextLong(10_000 * MILLI);
            usage = Usage.accrued(usage, random.nextInt(8), now);
            assertThat(Usage.at(usage, 0, now)).isBetween(0.0, 7.0);
        }
    }
}
