package io.portguard.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class AlgorithmsTest {

    private static final long MILLI = 1_000_000L;

    private static LimitParameters parameters(int initial, int min, int max) {
        return new LimitParameters(initial, min, max, Duration.ofMillis(20));
    }

    private static Window window(double latencyMillis, int inFlight, int refused, int dropped) {
        return new Window(
                50 * MILLI,
                100,
                100 - dropped,
                dropped,
                (long) ((100 - dropped) * latencyMillis * MILLI),
                100L * inFlight,
                inFlight,
                inFlight,
                100,
                refused,
                refused);
    }

    private static Allowance show(Limit limit, int times, Window window) {
        Allowance allowance = limit.initial();
        for (int i = 0; i < times; i++) {
            allowance = limit.update(window);
        }
        return allowance;
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void whateverItIsShownItStaysWithinItsBounds(Algorithm algorithm) {
        for (long seed = 0; seed < 20; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            LimitParameters parameters = parameters(50, 10, 200);
            Limit limit = Limits.of(algorithm, parameters);
            for (int i = 0; i < 2_000; i++) {
                if (random.nextInt(100) == 0) {
                    int min = 1 + random.nextInt(50);
                    int max = min + random.nextInt(500);
                    parameters = parameters(min + random.nextInt(max - min + 1), min, max);
                    assertWithin(limit.reconfigure(parameters), parameters, algorithm, seed);
                }
                long completed = 1L + random.nextInt(1_000);
                long dropped = random.nextInt(5) == 0 ? random.nextLong(completed + 1) : 0;
                long served = random.nextLong(completed - dropped + 1);
                long refused = random.nextBoolean() ? random.nextInt(10_000) : 0;
                Window window = new Window(
                        1 + random.nextLong(2_000 * MILLI),
                        completed,
                        served,
                        dropped,
                        served * random.nextLong(random.nextInt(10) == 0 ? 100_000 * MILLI : 50 * MILLI),
                        completed * random.nextInt(1_000),
                        random.nextInt(1_000),
                        random.nextInt(1_000),
                        random.nextLong(-completed, 2 * completed + 1),
                        refused,
                        random.nextLong(refused + 1));
                assertWithin(limit.update(window), parameters, algorithm, seed);
            }
        }
    }

    private static void assertWithin(Allowance allowance, LimitParameters parameters, Algorithm algorithm, long seed) {
        assertThat(allowance.limit()).as("%s, seed %d", algorithm, seed).isLessThanOrEqualTo(parameters.max());
        if (algorithm != Algorithm.ADAPTIVE) {
            // The adaptive one goes below its floor for a moment, to measure.
            assertThat(allowance.limit()).as("%s, seed %d", algorithm, seed).isGreaterThanOrEqualTo(parameters.min());
        }
        assertThat(allowance.capacity()).as("%s, seed %d", algorithm, seed).isBetween(1, allowance.limit());
    }

    @Test
    void fixedIsTheHighestWhateverHappens() {
        Limit limit = Limits.of(Algorithm.FIXED, parameters(50, 1, 80));
        assertThat(limit.initial()).isEqualTo(new Allowance(64, 80));
        assertThat(show(limit, 100, window(5_000, 80, 1_000, 50)).limit()).isEqualTo(80);
        assertThat(limit.reconfigure(parameters(5, 1, 7)).limit()).isEqualTo(7);
    }

    @Test
    void aimdGrowsByOneWhileItIsUsedAndOnTime() {
        Limit limit = Limits.of(Algorithm.AIMD, parameters(50, 1, 80));
        assertThat(show(limit, 10, window(10, 50, 5, 0)).limit()).isEqualTo(60);
        assertThat(show(limit, 100, window(10, 50, 5, 0)).limit()).isEqualTo(80);
    }

    @Test
    void aimdShrinksByATenthForDropsAndForLateness() {
        Limit drops = Limits.of(Algorithm.AIMD, parameters(50, 1, 80));
        assertThat(show(drops, 1, window(10, 50, 5, 1)).limit()).isEqualTo(45);
        Limit late = Limits.of(Algorithm.AIMD, parameters(50, 1, 80));
        late.update(window(10, 10, 0, 0));
        assertThat(late.update(window(29, 50, 0, 0)).limit()).isEqualTo(51);
        assertThat(late.update(window(31, 50, 0, 0)).limit()).isEqualTo(46);
    }

    @Test
    void vegasHoldsASmallQueue() {
        Limit limit = Limits.of(Algorithm.VEGAS, parameters(20, 1, 200));
        int grown = show(limit, 5, window(10, 20, 5, 0)).limit();
        assertThat(grown).isGreaterThan(20);
        // Half of those in flight wait.
        assertThat(show(limit, 10, window(20, grown, 5, 0)).limit()).isLessThan(grown);
    }

    @Test
    void gradientShrinksAsLatencyRisesOverTheLongTerm() {
        Limit limit = Limits.of(Algorithm.GRADIENT, parameters(50, 1, 200));
        int grown = show(limit, 100, window(10, 50, 5, 0)).limit();
        assertThat(grown).isGreaterThan(100);
        assertThat(show(limit, 20, window(60, 200, 5, 0)).limit()).isLessThan(grown / 2);
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void anIdleServiceNeitherGrowsNorShrinks(Algorithm algorithm) {
        Limit limit = Limits.of(algorithm, parameters(100, 1, 1_000));
        int settled = show(limit, 50, window(10, 3, 0, 0)).limit();
        assertThat(show(limit, 500, window(10, 3, 0, 0)).limit()).isEqualTo(settled);
        assertThat(settled).isGreaterThanOrEqualTo(100);
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void requestsThatTakeNoTimeAtAllAreBorne(Algorithm algorithm) {
        Limit limit = Limits.of(algorithm, parameters(100, 5, 1_000));
        assertThat(show(limit, 100, window(0, 50, 5, 0)).limit()).isBetween(1, 1_000);
        assertThat(show(limit, 100, window(10, 50, 5, 0)).limit()).isBetween(1, 1_000);
        // The adaptive one goes below its floor for a moment, to measure.
        int floor = algorithm == Algorithm.ADAPTIVE ? 1 : 10;
        assertThat(limit.reconfigure(parameters(50, 10, 500)).limit()).isBetween(floor, 500);
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void windowsOfFailuresAloneAreBorne(Algorithm algorithm) {
        Limit limit = Limits.of(algorithm, parameters(100, 5, 1_000));
        Window failures = new Window(50 * MILLI, 100, 0, 0, 0, 1_000, 10, 10, 100, 0, 0);
        assertThat(show(limit, 100, failures).limit()).isBetween(5, 1_000);
        Window drops = new Window(50 * MILLI, 100, 0, 100, 0, 1_000, 10, 10, 100, 0, 0);
        assertThat(show(limit, 100, drops).limit()).isBetween(5, 1_000);
    }

    @ParameterizedTest
    @CsvSource({"1, 0, 5", "1, 2, 5", "6, 1, 5", "1, 1, 0", "5, 5, 4"})
    void boundsThatContradictEachOtherAreRefused(int initial, int min, int max) {
        assertThatThrownBy(() -> parameters(initial, min, max))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("initial: " + initial + ", min: " + min + ", max: " + max
                        + " (expected: 1 <= min <= initial <= max)");
    }

    @Test
    void aTargetOfNothingIsRefused() {
        assertThatThrownBy(() -> new LimitParameters(1, 1, 1, Duration.ZERO))
                .hasMessage("targetDelay: PT0S (expected: above zero)");
    }
}
