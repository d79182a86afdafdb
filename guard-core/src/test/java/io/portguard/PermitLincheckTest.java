package io.portguard;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Duration;
import java.util.List;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/** Whatever the interleaving, one release wins, and what was held is given back once. */
public class PermitLincheckTest {

    private final Held held = new Held();
    private final Guard guard = Guard.builder("lincheck")
            .requestRules(held)
            .clock(() -> 0)
            .tickInterval(Duration.ZERO)
            .build();
    private final Attempt attempt = Attempts.request(guard.client(Attempts.key(1)));
    private final List<Permit> permits = List.of((Permit) guard.tryAdmit(attempt), (Permit) guard.tryAdmit(attempt));

    private static final class Held implements Rule {
        private int count;

        @Override
        public String name() {
            return "held";
        }

        @Override
        public synchronized Verdict tryAcquire(Attempt attempt, long nowNanos) {
            count++;
            return Verdict.pass();
        }

        @Override
        public synchronized void release(Attempt attempt, long admittedAtNanos, long nowNanos, Outcome outcome) {
            count--;
        }

        synchronized boolean isNegative() {
            return count < 0;
        }
    }

    @Operation
    public boolean releaseTheFirst() {
        return permits.get(0).release(Outcome.SUCCESS);
    }

    @Operation
    public boolean releaseTheSecond() {
        return permits.get(1).release(Outcome.FAILURE);
    }

    @Operation
    public boolean isTheFirstReleased() {
        return permits.get(0).isReleased();
    }

    @Operation
    public boolean moreWasGivenBackThanHeld() {
        return held.isNegative();
    }

    @Test
    void releasesAreLinearizableUnderModelChecking() {
        assertThatCode(() -> new ModelCheckingOptions()
                        .iterations(3)
                        .invocationsPerIteration(50)
                        .threads(2)
                        .actorsPerThread(3)
                        .check(PermitLincheckTest.class))
                .doesNotThrowAnyException();
    }

    @Test
    void releasesAreLinearizableUnderStress() {
        assertThatCode(() -> new StressOptions()
                        .iterations(5)
                        .invocationsPerIteration(100)
                        .threads(3)
                        .actorsPerThread(2)
                        .check(PermitLincheckTest.class))
                .doesNotThrowAnyException();
    }
}
