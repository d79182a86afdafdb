package io.portguard.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.Attempts;
import io.portguard.ManualClock;
import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.Verdict;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenBucketTest {

    private static final long SECOND = 1_000_000_000L;

    private final ManualClock clock = new ManualClock();
    private final Attempt attempt = Attempts.request(new ClientTable(10, clock).client(Attempts.key(1)));

    private RateRule rule(double rate, double burst) {
        return rule(rate, burst, clock);
    }

    private static RateRule rule(double rate, double burst, ManualClock clock) {
        RateRule rule = RateRule.ofAll(Reason.ACCEPT_RATE, clock.nanoTime());
        rule.parameters(TokenBucket.of(rate, burst));
        return rule;
    }

    private boolean takes(RateRule rule) {
        return rule.tryAcquire(attempt, clock.nanoTime()) == Verdict.pass();
    }

    private int takeAll(RateRule rule) {
        int taken = 0;
        while (takes(rule)) {
            taken++;
        }
        return taken;
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "1, 10",
        "3, 3",
        "6, 6",
        "7, 7",
        "11, 11",
        "13, 39",
        "600, 600",
        "70, 1",
        "0.3, 4",
        "0.001, 1",
        "999, 999",
        "100000, 100000",
        "3, 2.5",
        "7000000, 1000",
        "0.003, 1001",
        "0.000001, 3"
    })
    void aFullBucketHoldsItsBurstToTheToken(double rate, double burst) {
        assertThat(takeAll(rule(rate, burst))).isEqualTo((int) burst);
    }

    @ParameterizedTest
    @CsvSource({"1", "3", "7", "600", "0.25", "12345"})
    void overTimeAsManyPassAsTheRateSays(double rate) {
        // The second token of the bucket makes up for asking a little late.
        RateRule rule = rule(rate, 2);
        int seconds = (int) Math.max(10, 20 / rate);
        long passed = 0;
        // Asks ten times as often as tokens come.
        long step = (long) (SECOND / rate / 10);
        for (long elapsed = 0; elapsed < seconds * SECOND; elapsed += step) {
            passed += takes(rule) ? 1 : 0;
            clock.advanceNanos(step);
        }
        assertThat(passed).isBetween((long) (seconds * rate), (long) Math.ceil(seconds * rate) + 2);
    }

    @ParameterizedTest
    @ValueSource(longs = {31, 32, 33, 34})
    void inNoStretchOfTimeDoMorePassThanItsRateAndBurst(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double rate = 1 + random.nextInt(500);
        double burst = 1 + random.nextInt(50);
        RateRule rule = rule(rate, burst);
        int steps = 3_000;
        long[] times = new long[steps];
        int[] taken = new int[steps];
        for (int i = 0; i < steps; i++) {
            clock.advanceNanos(random.nextLong((long) (SECOND / rate * 3)));
            times[i] = clock.nanoTime();
            for (int tries = random.nextInt(4); tries > 0; tries--) {
                taken[i] += takes(rule) ? 1 : 0;
            }
        }
        for (int from = 0; from < steps; from += 37) {
            long sum = 0;
            for (int to = from; to < steps; to++) {
                sum += taken[to];
                double most = burst + rate * (times[to] - times[from]) / SECOND;
                assertThat((double) sum).as("seed %d", seed).isLessThanOrEqualTo(most + 1e-3);
            }
        }
    }

    @Test
    void aRefusedAttemptCostsNoToken() {
        RateRule rule = rule(10, 5);
        takeAll(rule);
        for (int i = 0; i < 1_000; i++) {
            assertThat(takes(rule)).isFalse();
        }
        clock.advanceMillis(100);
        assertThat(takeAll(rule)).isOne();
    }

    @Test
    void aTokenGivenBackCanBeTakenAgain() {
        RateRule rule = rule(10, 5);
        assertThat(takeAll(rule)).isEqualTo(5);
        rule.cancel(attempt, clock.nanoTime());
        rule.cancel(attempt, clock.nanoTime());
        assertThat(takeAll(rule)).isEqualTo(2);
    }

    @Test
    void givingBackMakesNoBucketFullerThanFull() {
        RateRule rule = rule(10, 5);
        assertThat(takes(rule)).isTrue();
        clock.advanceSeconds(10);
        rule.cancel(attempt, clock.nanoTime());
        assertThat(takeAll(rule)).isEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "0.5, 1, 2", "0.1, 1, 10", "100, 1, 1", "0.001, 1, 60", "2, 2, 1"})
    void theRejectionSaysAfterHowManySecondsThereIsAToken(double rate, double burst, int seconds) {
        RateRule rule = rule(rate, burst);
        takeAll(rule);
        Rejection rejection = (Rejection) rule.tryAcquire(attempt, clock.nanoTime());
        assertThat(rejection).isEqualTo(Rejection.of(Reason.ACCEPT_RATE, seconds));
        if (seconds < 60) {
            clock.advanceSeconds(seconds);
            assertThat(takes(rule)).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"4.9e-324, 1", "4.9e-324, 1e7", "1e-9, 1e7", "1e7, 1", "1e7, 1e7", "1e300, 1"})
    void theExtremesOfRateAndBurstNeitherOverflowNorLockOut(double rate, double burst) {
        RateRule rule = rule(rate, burst);
        assertThat(takes(rule)).isTrue();
        for (int i = 0; i < 100; i++) {
            takes(rule);
        }
        Verdict verdict = rule.tryAcquire(attempt, clock.nanoTime());
        if (verdict instanceof Rejection rejection) {
            assertThat(rejection.retryAfterSeconds()).isBetween(1, 60);
        }
    }

    @ParameterizedTest
    @ValueSource(
            longs = {
                Long.MAX_VALUE - 3 * SECOND,
                Long.MIN_VALUE,
                Long.MIN_VALUE + SECOND,
                -2 * SECOND,
                0,
                Long.MAX_VALUE
            })
    void theClockMayBeNegativeAndWrapAround(long start) {
        ManualClock wrapping = new ManualClock(start);
        RateRule rule = rule(10, 5, wrapping);
        int passed = 0;
        for (int i = 0; i < 100; i++) {
            passed += rule.tryAcquire(attempt, wrapping.nanoTime()) == Verdict.pass() ? 1 : 0;
            wrapping.advanceMillis(50);
        }
        assertThat(passed).isEqualTo(5 + 49);
    }

    @Test
    void aFasterRateHoldsFromTheNextDecisionOnHoweverEmptyTheBucketWas() {
        RateRule rule = rule(0.01, 10);
        assertThat(takeAll(rule)).isEqualTo(10);

        rule.parameters(TokenBucket.of(1_000, 1_000));
        takes(rule);
        clock.advanceSeconds(1);

        assertThat(takeAll(rule)).isEqualTo(1_000);
    }

    @Test
    void aSlowerRateHoldsFromTheNextDecisionOn() {
        RateRule rule = rule(1_000, 1_000);
        assertThat(takeAll(rule)).isEqualTo(1_000);
        rule.parameters(TokenBucket.of(1, 1));
        assertThat(takes(rule)).isFalse();
        clock.advanceSeconds(1);
        assertThat(takeAll(rule)).isOne();
    }

    @Test
    void aThreadWhoseReadingOfTheClockIsOldForgivesNoDebt() {
        RateRule rule = rule(10, 10);
        long old = clock.nanoTime();
        clock.advanceMillis(900);
        takeAll(rule);
        for (int i = 0; i < 100; i++) {
            rule.tryAcquire(attempt, old);
        }
        assertThat(takes(rule)).isFalse();
    }

    @Test
    void aClientsBucketIsItsOwn() {
        ClientTable table = new ClientTable(10, clock);
        RateRule rule =
                RateRule.ofClients(Reason.CLIENT_RATE, table, Attempt.Kind.REQUEST, Lenient.penalties(table, clock));
        assertThat(rule.active()).isFalse();
        rule.parameters(TokenBucket.of(1, 2));
        assertThat(rule.active()).isTrue();
        Attempt one = Attempts.request(table.client(Attempts.key(1)));
        Attempt other = Attempts.request(table.client(Attempts.key(2)));
        for (int i = 0; i < 2; i++) {
            assertThat(rule.tryAcquire(one, clock.nanoTime())).isEqualTo(Verdict.pass());
        }
        assertThat(rule.tryAcquire(one, clock.nanoTime())).isEqualTo(Rejection.of(Reason.CLIENT_RATE, 1));
        assertThat(rule.tryAcquire(other, clock.nanoTime())).isEqualTo(Verdict.pass());
        rule.cancel(one, clock.nanoTime());
        assertThat(rule.tryAcquire(one, clock.nanoTime())).isEqualTo(Verdict.pass());
    }

    @Test
    void aFasterRateOfClientsHoldsFromTheNextDecisionOn() {
        ClientTable table = new ClientTable(10, clock);
        RateRule rule =
                RateRule.ofClients(Reason.CLIENT_RATE, table, Attempt.Kind.REQUEST, Lenient.penalties(table, clock));
        rule.parameters(TokenBucket.of(0.001, 5));
        Attempt one = Attempts.request(table.client(Attempts.key(1)));
        for (int i = 0; i < 6; i++) {
            rule.tryAcquire(one, clock.nanoTime());
        }
        rule.parameters(TokenBucket.of(100, 100));
        rule.tryAcquire(one, clock.nanoTime());
        clock.advanceMillis(10);
        assertThat(rule.tryAcquire(one, clock.nanoTime())).isEqualTo(Verdict.pass());
    }
}
