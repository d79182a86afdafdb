package io.portguard.rule;

import static org.assertj.core.api.Assertions.assertThatCode;

import io.portguard.Attempt;
import io.portguard.Attempts;
import io.portguard.Outcome;
import io.portguard.Reason;
import io.portguard.Verdict;
import io.portguard.limit.Algorithm;
import io.portguard.limit.LimitParameters;
import io.portguard.limit.Limits;
import java.time.Duration;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/** Whatever the interleaving, the rules that count behave as if one thread at a time had asked them. */
class RulesLincheckTest {

    private static final int ITERATIONS = 4;
    private static final int INVOCATIONS = 80;

    private static void modelCheck(Class<?> scenario) {
        assertThatCode(() -> new ModelCheckingOptions()
                        .iterations(ITERATIONS)
                        .invocationsPerIteration(INVOCATIONS)
                        .threads(2)
                        .actorsPerThread(3)
                        .actorsBefore(1)
                        .actorsAfter(1)
                        .check(scenario))
                .doesNotThrowAnyException();
    }

    private static void stress(Class<?> scenario) {
        assertThatCode(() -> new StressOptions()
                        .iterations(ITERATIONS)
                        .invocationsPerIteration(INVOCATIONS * 3)
                        .threads(3)
                        .actorsPerThread(3)
                        .check(scenario))
                .doesNotThrowAnyException();
    }

    /** A bucket of three tokens that does not fill, as the clock stands still. */
    public static final class Bucket {
        private final RateRule rule = RateRule.ofAll(Reason.ACCEPT_RATE, 0);
        private final Attempt attempt = Attempts.connection(() -> Attempts.key(1));

        public Bucket() {
            rule.parameters(TokenBucket.of(1, 3));
        }

        @Operation
        public boolean take() {
            return rule.tryAcquire(attempt, 0) == Verdict.pass();
        }

        @Operation
        public boolean mayRefuse() {
            return rule.mayRefuse(attempt, 0);
        }

        @Operation
        public void giveBack() {
            rule.cancel(attempt, 0);
        }
    }

    /** A client's bucket of three tokens. */
    public static final class ClientBucket {
        private final ClientTable table = new ClientTable(10, () -> 0);
        private final RateRule rule =
                RateRule.ofClients(Reason.CLIENT_RATE, table, Attempt.Kind.REQUEST, Lenient.penalties(table, () -> 0));
        private final Attempt attempt = Attempts.request(new ClientState(Attempts.key(1), 0));

        public ClientBucket() {
            rule.parameters(TokenBucket.of(1, 3));
        }

        @Operation
        public boolean take() {
            return rule.tryAcquire(attempt, 0) == Verdict.pass();
        }

        @Operation
        public boolean mayRefuse() {
            return rule.mayRefuse(attempt, 0);
        }

        @Operation
        public void giveBack() {
            rule.cancel(attempt, 0);
        }
    }

    /** A count whose limit is changed meanwhile. */
    public static final class Count {
        private final CountRule rule = new CountRule("connections", Reason.CONNECTIONS, 2, Room.NONE);
        private final Attempt attempt = Attempts.connection(() -> Attempts.key(1));

        @Operation
        public boolean enter() {
            return rule.tryAcquire(attempt, 0) == Verdict.pass();
        }

        @Operation
        public boolean mayRefuse() {
            return rule.mayRefuse(attempt, 0);
        }

        @Operation
        public void leave() {
            rule.release(attempt, 0, 0, Outcome.SUCCESS);
        }

        @Operation
        public void allowOne() {
            rule.limit(1);
        }

        @Operation
        public void allowTwo() {
            rule.limit(2);
        }
    }

    /** A client's count, whose limit is changed meanwhile; an attempt under way is decided by the limit it saw. */
    public static final class ClientCount {
        private final ClientTable table = new ClientTable(10, () -> 0);
        private final ClientCountRule rule =
                new ClientCountRule(Reason.CLIENT_CONCURRENCY, table, Attempt.Kind.REQUEST);
        private final Attempt attempt = Attempts.request(new ClientState(Attempts.key(1), 0));

        public ClientCount() {
            rule.limit(2);
        }

        @Operation
        public boolean enter() {
            return rule.tryAcquire(attempt, 0) == Verdict.pass();
        }

        @Operation
        public boolean mayRefuse() {
            return rule.mayRefuse(attempt, 0);
        }

        @Operation
        public void allowOne() {
            rule.limit(1);
        }

        @Operation
        public void allowTwo() {
            rule.limit(2);
        }
    }

    /** What is in flight, against a limit of two or one. */
    public static final class InFlight {
        private final ClientTable table = new ClientTable(10, () -> 0);
        private final ConcurrencyRule rule =
                new ConcurrencyRule(Limits.of(Algorithm.FIXED, limitOf(2)), table, new FairShare(0), Room.NONE, 0);
        private final Attempt attempt = Attempts.request(new ClientState(Attempts.key(1), 0));

        @Operation
        public boolean enter() {
            return rule.tryAcquire(attempt, 0) == Verdict.pass();
        }

        @Operation
        public boolean mayRefuse() {
            return rule.mayRefuse(attempt, 0);
        }

        @Operation
        public int inFlight() {
            return rule.inFlight();
        }

        @Operation(nonParallelGroup = "tuner")
        public void allowOne() {
            rule.reconfigure(limitOf(1));
        }

        @Operation(nonParallelGroup = "tuner")
        public void allowTwo() {
            rule.reconfigure(limitOf(2));
        }

        private static LimitParameters limitOf(int limit) {
            return new LimitParameters(limit, 1, limit, Duration.ofMillis(20));
        }

        @Operation
        public void leave() {
            rule.release(attempt, 0, 0, Outcome.SUCCESS);
        }
    }

    @Test
    void aTokenBucketIsLinearizable() {
        modelCheck(Bucket.class);
        stress(Bucket.class);
    }

    @Test
    void aClientsTokenBucketIsLinearizable() {
        modelCheck(ClientBucket.class);
        stress(ClientBucket.class);
    }

    @Test
    void aCountIsNeverAboveItsLimitWhileThatIsTuned() {
        modelCheck(Count.class);
        stress(Count.class);
    }

    @Test
    void aClientsCountIsLinearizableWhileItsLimitIsTuned() {
        modelCheck(ClientCount.class);
        stress(ClientCount.class);
    }

    @Test
    void whatIsInFlightIsLinearizable() {
        modelCheck(InFlight.class);
        stress(InFlight.class);
    }
}
