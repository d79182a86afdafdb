package io.portguard.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempts;
import io.portguard.ManualClock;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ClientBudgetTest {

    private static final int RATE = 1_000;
    private static final long MILLISECOND = Duration.ofMillis(1).toNanos();

    private final ManualClock clock = new ManualClock();
    private final ClientBudget budget = new ClientBudget(clock, Duration.ofSeconds(1));

    ClientBudgetTest() {
        budget.rate(RATE);
    }

    @Test
    void theBytesOfOneSecondGoAtOnceAndOthersWaitInTheirTurn() {
        ClientBudget.Account first = budget.open(Attempts.key(1));
        ClientBudget.Account second = budget.open(Attempts.key(1));
        assertThat(take(first, 600)).isZero();
        assertThat(take(second, 400)).isZero();
        assertThat(take(first, 500)).isEqualTo(500 * MILLISECOND);
        assertThat(take(second, 1)).isEqualTo(501 * MILLISECOND);

        clock.advanceMillis(501);
        assertThat(take(first, 1)).isEqualTo(MILLISECOND);
    }

    @Test
    void aBudgetCanBeOverdrawn() {
        ClientBudget.Account account = budget.open(Attempts.key(1));
        take(account, 10);
        account.overdraw(Duration.ofSeconds(2), clock.nanoTime());
        clock.advanceSeconds(1);
        assertThat(take(account, 1)).isEqualTo(1_001 * MILLISECOND);
        account.overdraw(Duration.ofMillis(500), clock.nanoTime());
        assertThat(take(account, 1)).as("more than all is no more").isEqualTo(1_002 * MILLISECOND);
    }

    @Test
    void clientsDoNotShare() {
        assertThat(take(budget.open(Attempts.key(1)), 1_000_000)).isPositive();
        assertThat(take(budget.open(Attempts.key(2)), 1_000)).isZero();
    }

    @Test
    void whoConnectsAnewBeginsWhereItEnded() {
        ClientBudget.Account before = budget.open(Attempts.key(1));
        take(before, 3_000);
        budget.close(before);
        clock.advanceSeconds(1);
        budget.sweep(clock.nanoTime());
        assertThat(take(budget.open(Attempts.key(1)), 1)).isEqualTo(1_001 * MILLISECOND);
    }

    @Test
    void aClientWithoutConnectionsIsForgottenWhenItsBucketIsFull() {
        ClientBudget.Account account = budget.open(Attempts.key(1));
        ClientBudget.Account same = budget.open(Attempts.key(1));
        take(account, 3_000);
        budget.close(account);
        clock.advanceSeconds(3);
        budget.sweep(clock.nanoTime());
        assertThat(budget.accounts()).as("it has a connection").isOne();

        take(same, 1_000);
        budget.close(same);
        assertThat(budget.accounts()).as("its bucket is empty").isOne();
        clock.advanceMillis(999);
        budget.sweep(clock.nanoTime());
        assertThat(budget.accounts()).isOne();
        clock.advanceMillis(1);
        budget.sweep(clock.nanoTime());
        assertThat(budget.accounts()).isZero();
    }

    @Test
    void whoHasMovedNothingIsForgottenAtOnce() {
        budget.close(budget.open(Attempts.key(1)));
        assertThat(budget.accounts()).isZero();
    }

    @Test
    void theClientsThatAreKeptWithoutAConnectionAreBounded() {
        int most = 100_000;
        for (int i = 0; i < most + 100; i++) {
            ClientBudget.Account account = budget.open(Attempts.key(i));
            take(account, 1_000_000);
            budget.close(account);
        }
        assertThat(budget.accounts()).isEqualTo(most);
    }

    @Test
    void anotherRateHoldsForWhatIsOwedAlready() {
        ClientBudget.Account account = budget.open(Attempts.key(1));
        take(account, 5_000);
        budget.rate(10 * RATE);
        assertThat(take(account, 5_000)).as("all is paid in a second").isZero();
        assertThat(budget.rescaled(RATE, 700)).isEqualTo(70);

        budget.rate(ClientBudget.NONE);
        assertThat(take(account, Integer.MAX_VALUE)).isZero();
        assertThat(budget.rescaled(10 * RATE, 700)).isZero();
        budget.rate(RATE);
        assertThat(take(account, 1_000)).isZero();
    }

    @Test
    void inAnyWhileNobodyMovesMoreThanItsRateAndOneSecondsBytes() {
        SplittableRandom random = new SplittableRandom(7);
        ClientBudget.Account account = budget.open(Attempts.key(1));
        long begun = clock.nanoTime();
        long moved = 0;
        for (int i = 0; i < 10_000; i++) {
            int bytes = 1 + random.nextInt(800);
            clock.advanceNanos(take(account, bytes) + random.nextInt(2) * random.nextLong(1_000 * MILLISECOND));
            moved += bytes;
            double seconds = (clock.nanoTime() - begun) / 1e9;
            assertThat((double) moved).isLessThanOrEqualTo(RATE * seconds + RATE + 1);
        }
    }

    private long take(ClientBudget.Account account, int bytes) {
        return account.take(bytes, clock.nanoTime());
    }
}
