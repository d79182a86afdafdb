package io.portguard.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.Attempts;
import io.portguard.Outcome;
import io.portguard.Reason;
import io.portguard.Verdict;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client is forgotten in the moment in which something of it begins. */
class ForgetRaceTest {

    private static final int ROUNDS = 100_000;
    private static final int SWEPT_FIRST = 100;
    private static final int SPINS_BEFORE_PARKING = 1_000;
    private static final long LATER = Duration.ofHours(1).toNanos();

    private final Thread caller = Thread.currentThread();

    /** For who sweeps, whatever the caller has just seen is idle. */
    private final ClientTable table = new ClientTable(100, () -> Thread.currentThread() == caller ? 0 : LATER);

    private final ClientCountRule rule = new ClientCountRule(Reason.CLIENT_CONCURRENCY, table, Attempt.Kind.REQUEST);
    private final Attempt attempt = Attempts.request(table.client(Attempts.key(1)));

    @Test
    @Timeout(60)
    void whatBeginsIsCountedOnTheStateThatIsKnownAfterwards() throws Exception {
        rule.limit(10);
        AtomicInteger begun = new AtomicInteger();
        AtomicInteger swept = new AtomicInteger();
        ExecutorService housekeeper = Executors.newSingleThreadExecutor();
        int forgotten = 0;
        try {
            Future<?> sweeping = housekeeper.submit(() -> {
                for (int round = 1; round <= ROUNDS; round++) {
                    await(begun, round);
                    table.sweep();
                    swept.set(round);
                }
            });
            for (int round = 1; round <= ROUNDS; round++) {
                ClientState before = table.stateOf(attempt);
                begun.set(round);
                if (round % SWEPT_FIRST == 0) {
                    // However the threads are scheduled, now and then the client is forgotten before.
                    await(swept, round);
                }
                assertThat(rule.tryAcquire(attempt, 0)).isEqualTo(Verdict.pass());
                await(swept, round);
                assertThat(table.stateOf(attempt).requests())
                        .as("round %d", round)
                        .isEqualTo(1);
                rule.release(attempt, 0, 0, Outcome.SUCCESS);
                assertThat(table.stateOf(attempt).requests())
                        .as("round %d", round)
                        .isZero();
                forgotten += before.isForgotten() ? 1 : 0;
            }
            sweeping.get();
        } finally {
            housekeeper.shutdownNow();
        }
        assertThat(forgotten).as("rounds in which the client was forgotten").isPositive();
    }

    /** Spins, since that is what makes the two meet; but where both share a processor, the other needs it to go on. */
    private static void await(AtomicInteger turn, int round) {
        for (int spins = 1; turn.get() < round && !Thread.currentThread().isInterrupted(); spins++) {
            if (spins % SPINS_BEFORE_PARKING == 0) {
                LockSupport.parkNanos(1);
            } else {
                Thread.onSpinWait();
            }
        }
    }
}
