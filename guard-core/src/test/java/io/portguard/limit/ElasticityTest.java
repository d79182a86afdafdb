package io.portguard.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ElasticityTest {

    private static final double MILLI = 1e6;

    /** Shows it windows with more and less in flight, and the latency that this leads to. */
    private static boolean isFlat(
            long seed, double latencyNoise, DoubleUnaryOperator latencyMillis, double driftAWindow) {
        SplittableRandom random = new SplittableRandom(seed);
        Elasticity elasticity = new Elasticity();
        double drift = 1;
        for (int i = 0; i < 60; i++) {
            double inFlight = 50 * Math.exp(0.1 * random.nextGaussian()) * drift;
            double latency = latencyMillis.applyAsDouble(inFlight / drift)
                    * drift
                    * Math.exp(latencyNoise * random.nextGaussian());
            elasticity.next(window(latency, inFlight, 0));
            drift *= driftAWindow;
        }
        return elasticity.isFlat();
    }

    private static Window window(double latencyMillis, double inFlight, long refused) {
        return new Window(
                (long) (50 * MILLI),
                100,
                100,
                0,
                (long) (100 * latencyMillis * MILLI),
                (long) (100 * inFlight),
                (int) inFlight,
                (int) inFlight,
                100,
                refused,
                refused);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void whereNobodyWaitsLatencyDoesNotFollow(long seed) {
        assertThat(isFlat(seed, 0.02, inFlight -> 30, 1)).as("seed %d", seed).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void aTrendThatBothHaveIsNoQueue(long seed) {
        assertThat(isFlat(seed, 0.02, inFlight -> 30, 1.02)).as("seed %d", seed).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void inAQueueItFollows(long seed) {
        assertThat(isFlat(seed, 0.02, inFlight -> inFlight, 1))
                .as("seed %d", seed)
                .isFalse();
        assertThat(isFlat(seed, 0.02, inFlight -> inFlight, 1.01))
                .as("growing, seed %d", seed)
                .isFalse();
    }

    /** As when the load goes from half the capacity to a little above it. */
    @Test
    void thatNobodyWaitedSaysNothingOfWhereMoreAreInFlight() {
        Elasticity elasticity = new Elasticity();
        for (int i = 0; i < 40; i++) {
            elasticity.next(window(10, i % 2 == 0 ? 8 : 9, 0));
        }
        assertThat(elasticity.isFlat()).isTrue();
        for (double inFlight = 17; inFlight < 60; inFlight *= 1.04) {
            elasticity.next(window(inFlight / 1.6, inFlight, 0));
            assertThat(elasticity.isFlat()).as("%.0f in flight", inFlight).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void latencyThatIsAllNoiseProvesNothing(long seed) {
        assertThat(isFlat(seed, 0.5, inFlight -> 30, 1)).as("seed %d", seed).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {1})
    void whoTurnsRequestsAwayHoldsWhatIsInFlightAndLearnsNothing(long seed) {
        Elasticity elasticity = new Elasticity();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 60; i++) {
            elasticity.next(window(30, 50 * Math.exp(0.1 * random.nextGaussian()), 5));
        }
        assertThat(elasticity.isFlat()).isFalse();
    }
}
