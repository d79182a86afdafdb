package io.portguard;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The guard fails open: what breaks inside it is passed over, counted, and logged once a second at most. */
class GuardFaultsTest {

    private final ManualClock clock = new ManualClock();
    private final CapturedLog captured = new CapturedLog();
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private final ScriptedRule before = new ScriptedRule("before", log);
    private final ScriptedRule broken = new ScriptedRule("broken", log);
    private final ScriptedRule after = new ScriptedRule("after", log);
    private final BreakableListener listener = new BreakableListener();
    private final Guard guard = Guard.builder("faulty")
            .requestRules(before, broken, after)
            .listener(listener)
            .chore(now -> listener.breakIfBroken())
            .clock(clock)
            .tickInterval(Duration.ZERO)
            .build();
    private final Attempt attempt = Attempts.request(guard.client(Attempts.key(1)));

    private static final class BreakableListener implements GuardListener {
        boolean isBroken;

        void breakIfBroken() {
            if (isBroken) {
                throw new AssertionError("broken");
            }
        }

        @Override
        public void admitted(Attempt attempt) {
            breakIfBroken();
        }

        @Override
        public void rejected(Attempt attempt, Rejection rejection, boolean enforced) {
            breakIfBroken();
        }

        @Override
        public void released(Attempt attempt, Outcome outcome, long durationNanos) {
            breakIfBroken();
        }
    }

    @AfterEach
    void stopCapturing() {
        captured.close();
    }

    private long active() {
        return guard.counts(Attempt.Kind.REQUEST).active();
    }

    @Test
    void aRuleThatThrowsIsPassedOverAndHoldsNothing() {
        broken.broken = true;
        Permit permit = (Permit) guard.tryAdmit(attempt);
        assertThat(guard.faults()).isOne();
        broken.broken = false;
        log.clear();

        permit.release(Outcome.SUCCESS);

        assertThat(log).containsExactly("after released SUCCESS after 0", "before released SUCCESS after 0");
        assertThat(broken.held()).isZero();
        assertThat(active()).isZero();
    }

    @Test
    void aRuleThatThrowsDoesNotKeepOthersFromRefusing() {
        broken.broken = true;
        after.verdict = Rejection.of(Reason.CONCURRENCY);
        assertThat(guard.tryAdmit(attempt)).isInstanceOf(Rejection.class);
        assertThat(before.held()).isZero();
    }

    @Test
    void aRuleThatThrowsOnReleaseDoesNotKeepOthersFromBeingReleased() {
        Permit permit = (Permit) guard.tryAdmit(attempt);
        broken.broken = true;

        assertThat(permit.release(Outcome.SUCCESS)).isTrue();

        assertThat(before.held()).isZero();
        assertThat(after.held()).isZero();
        assertThat(active()).isZero();
        assertThat(guard.faults()).isOne();
    }

    @Test
    void aRuleThatThrowsOnCancelDoesNotKeepOthersFromBeingCancelled() {
        Rule breaksOnCancel = new Rule() {
            @Override
            public String name() {
                return "breaks on cancel";
            }

            @Override
            public Verdict tryAcquire(Attempt attempt, long nowNanos) {
                return Verdict.pass();
            }

            @Override
            public void cancel(Attempt attempt, long nowNanos) {
                throw new IllegalStateException("broken");
            }
        };
        after.verdict = Rejection.of(Reason.CONCURRENCY);
        Guard chain = Guard.builder("chain")
                .requestRules(before, breaksOnCancel, after)
                .clock(clock)
                .tickInterval(Duration.ZERO)
                .build();
        assertThat(chain.tryAdmit(attempt)).isSameAs(Rejection.of(Reason.CONCURRENCY));
        assertThat(before.held()).isZero();
        assertThat(chain.faults()).isOne();
    }

    @Test
    void aRuleThatThrowsWhenAskedWhetherItIsActiveIsNotAsked() {
        broken.broken = true;
        guard.refresh();
        long faults = guard.faults();
        log.clear();
        assertThat(guard.tryAdmit(attempt)).isInstanceOf(Permit.class);
        assertThat(log).doesNotContain("broken asked");
        assertThat(guard.faults()).isEqualTo(faults);
    }

    @Test
    void aListenerThatThrowsChangesNoDecision() {
        listener.isBroken = true;
        Permit permit = (Permit) guard.tryAdmit(attempt);
        assertThat(permit.release(Outcome.SUCCESS)).isTrue();
        after.verdict = Rejection.of(Reason.CONCURRENCY);
        assertThat(guard.tryAdmit(attempt)).isInstanceOf(Rejection.class);
        assertThat(guard.faults()).isEqualTo(3);
        assertThat(active()).isZero();
    }

    @Test
    void aChoreOrATickThatThrowsDoesNotKeepTheOthersFromBeingDone() {
        listener.isBroken = true;
        broken.broken = true;
        log.clear();

        guard.tick();

        assertThat(log).contains("before ticked", "after ticked");
        // The chore, the tick, and the question whether the rule is active.
        assertThat(guard.faults()).isEqualTo(3);
    }

    @Test
    void faultsAreLoggedOnceASecondAtMost() {
        broken.broken = true;
        for (int i = 0; i < 1_000; i++) {
            ((Permit) guard.tryAdmit(attempt)).release(Outcome.SUCCESS);
            clock.advanceNanos(999_999);
        }
        assertThat(guard.faults()).isEqualTo(1_000);
        assertThat(captured.records()).hasSize(1);

        clock.advanceNanos(1_000);
        guard.tryAdmit(attempt);

        assertThat(captured.records()).hasSize(2);
        LogRecord last = captured.records().get(1);
        assertThat(last.getLevel()).isEqualTo(Level.WARNING);
        assertThat(last.getMessage())
                .isEqualTo("Guard \"faulty\": broken failed and was passed over; the attempt went on"
                        + " (1001 faults so far, logged once a second at most)");
        assertThat(last.getThrown()).hasMessage("broken is broken");
    }

    @Test
    void aLoggerThatThrowsChangesNoDecisionAndLeaksNoHold() {
        Logger logger = Logger.getLogger(Guard.class.getName());
        Handler throwing = new Handler() {
            @Override
            public void publish(LogRecord record) {
                throw new IllegalStateException("disk full");
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.addHandler(throwing);
        try {
            broken.broken = true;
            Permit permit = (Permit) guard.tryAdmit(attempt);
            permit.release(Outcome.SUCCESS);
        } finally {
            logger.removeHandler(throwing);
        }
        assertThat(before.held()).isZero();
        assertThat(active()).isZero();
    }
}
