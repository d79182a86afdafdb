package io.portguard.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.Attempts;
import io.portguard.ManualClock;
import io.portguard.Priority;
import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.Verdict;
import io.portguard.limit.Algorithm;
import io.portguard.limit.LimitParameters;
import io.portguard.limit.Limits;
import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SheddingRuleTest {

    private static final int CLIENTS = 4_096;

    private final ManualClock clock = new ManualClock();
    private final ClientTable table = new ClientTable(CLIENTS * 2, clock);
    private final ConcurrencyRule concurrency = new ConcurrencyRule(
            Limits.of(Algorithm.FIXED, new LimitParameters(10, 1, 10, Duration.ofMillis(20))),
            table,
            new FairShare(clock.nanoTime()),
            Room.NONE,
            clock.nanoTime());
    private final SheddingRule rule = new SheddingRule(concurrency);

    SheddingRuleTest() {
        Attempt someone = Attempts.request(table.client(Attempts.key(99_999)));
        for (int i = 0; i < 5; i++) {
            assertThat(concurrency.tryAcquire(someone, clock.nanoTime())).isEqualTo(Verdict.pass());
        }
    }

    private boolean admits(int client, Priority priority) {
        return rule.tryAcquire(Attempts.request(table.client(Attempts.key(client)), priority), clock.nanoTime())
                == Verdict.pass();
    }

    private BitSet admitted(Priority priority) {
        BitSet admitted = new BitSet();
        for (int client = 0; client < CLIENTS; client++) {
            admitted.set(client, admits(client, priority));
        }
        return admitted;
    }

    @Test
    void atLevelZeroItIsNotAsked() {
        assertThat(rule.active()).isFalse();
        rule.level(1);
        assertThat(rule.active()).isTrue();
    }

    @Test
    void theReasonIsOverload() {
        rule.level(SheddingRule.MAX_LEVEL);
        Verdict verdict =
                rule.tryAcquire(Attempts.request(table.client(Attempts.key(1)), Priority.BACKGROUND), clock.nanoTime());
        assertThat(verdict).isEqualTo(Rejection.of(Reason.OVERLOAD));
    }

    @Test
    void aHigherLevelNeverLetsInWhomALowerOneRefused() {
        for (Priority priority : Priority.values()) {
            BitSet before = new BitSet();
            before.set(0, CLIENTS);
            for (int level = 0; level <= SheddingRule.MAX_LEVEL; level += 7) {
                rule.level(level);
                BitSet now = admitted(priority);
                BitSet more = (BitSet) now.clone();
                more.andNot(before);
                assertThat(more.cardinality())
                        .as("%s at level %d", priority, level)
                        .isZero();
                before = now;
            }
        }
    }

    @Test
    void oneWhomItRefusesIsRefusedAtALowerPriorityToo() {
        for (int level = 1; level <= SheddingRule.MAX_LEVEL; level += 13) {
            rule.level(level);
            for (int client = 0; client < 300; client++) {
                assertThat(admits(client, Priority.BACKGROUND)).isIn(false, admits(client, Priority.NORMAL));
                assertThat(admits(client, Priority.NORMAL)).isIn(false, admits(client, Priority.IMPORTANT));
                assertThat(admits(client, Priority.IMPORTANT)).isIn(false, admits(client, Priority.CRITICAL));
            }
        }
    }

    @Test
    void criticalIsTheLastToBeRefused() {
        rule.level(3 * SheddingRule.COHORTS);
        assertThat(admitted(Priority.IMPORTANT).cardinality()).isZero();
        assertThat(admitted(Priority.CRITICAL).cardinality()).isEqualTo(CLIENTS);
        rule.level(SheddingRule.MAX_LEVEL);
        assertThat(admitted(Priority.CRITICAL).cardinality()).isPositive().isLessThan(CLIENTS / 64);
    }

    @ParameterizedTest
    @CsvSource({"BACKGROUND, 64", "NORMAL, 192", "IMPORTANT, 320", "CRITICAL, 448"})
    void eachLevelRefusesItsPartOfAPriority(Priority priority, int level) {
        rule.level(level);
        assertThat(admitted(priority).cardinality()).isBetween(CLIENTS * 4 / 10, CLIENTS * 6 / 10);
    }

    @Test
    void aClientsCohortIsStableForMinutesAndThenAnother() {
        rule.level(SheddingRule.COHORTS / 2);
        BitSet first = admitted(Priority.BACKGROUND);
        BitSet everAdmitted = (BitSet) first.clone();
        for (int rotation = 0; rotation < 8; rotation++) {
            clock.advanceNanos(SheddingRule.COHORT_LASTS_NANOS);
            BitSet next = admitted(Priority.BACKGROUND);
            BitSet both = (BitSet) next.clone();
            both.and(first);
            // Independent of the first: about half of a half.
            assertThat(both.cardinality()).as("rotation %d", rotation).isBetween(CLIENTS / 8, CLIENTS * 3 / 8);
            everAdmitted.or(next);
        }
        assertThat(everAdmitted.cardinality()).isGreaterThan(CLIENTS * 98 / 100);
    }

    @Test
    void eachClientChangesItsCohortOnceInFiveMinutesAndFewDoAtOnce() {
        rule.level(SheddingRule.COHORTS / 2);
        int[] changes = new int[CLIENTS];
        BitSet before = admitted(Priority.BACKGROUND);
        int seconds = 10;
        int steps = (int) (SheddingRule.COHORT_LASTS_NANOS / 1_000_000_000L) / seconds;
        for (int step = 0; step < steps; step++) {
            clock.advanceSeconds(seconds);
            BitSet now = admitted(Priority.BACKGROUND);
            BitSet changed = (BitSet) now.clone();
            changed.xor(before);
            changed.stream().forEach(client -> changes[client]++);
            // A thirtieth of the clients get another cohort, and half of those the other answer.
            assertThat(changed.cardinality()).as("step %d", step).isBetween(CLIENTS / 200, CLIENTS / 30);
            before = now;
        }
        assertThat(Arrays.stream(changes).max()).hasValue(1);
    }

    @Test
    void whileTheServiceHasNextToNothingToDoNobodyIsShed() {
        rule.level(SheddingRule.MAX_LEVEL);
        assertThat(admits(1, Priority.BACKGROUND)).isFalse();
        for (int i = 0; i < 4; i++) {
            concurrency.cancel(Attempts.request(table.client(Attempts.key(99_999))), clock.nanoTime());
        }
        assertThat(admits(1, Priority.BACKGROUND)).isTrue();
    }

    @Test
    void theLevelStaysInItsRange() {
        rule.level(-5);
        assertThat(rule.level()).isZero();
        rule.level(100_000);
        assertThat(rule.level()).isEqualTo(511);
    }

    @Test
    void theLevelRisesWithTheOvershootAndFallsSlowly() {
        SheddingLevel level = new SheddingLevel();
        assertThat(level.next(0)).isZero();
        assertThat(level.next(0.01)).isOne();
        assertThat(level.next(0.5)).isEqualTo(25);
        assertThat(level.next(1)).isEqualTo(73);
        assertThat(level.next(0)).isEqualTo(57);
        assertThat(level.next(-3)).isEqualTo(41);
        for (int i = 0; i < 20; i++) {
            level.next(1);
        }
        assertThat(level.next(1)).isEqualTo(SheddingRule.MAX_LEVEL);
        level.reset();
        assertThat(level.next(0)).isZero();
    }
}
