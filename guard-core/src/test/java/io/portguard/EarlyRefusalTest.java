package io.portguard;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a rule is going to refuse takes nothing of the rules before it, once it has refused something that did. */
class EarlyRefusalTest {

    private final ManualClock clock = new ManualClock();
    private final List<String> log = new ArrayList<>();
    private final ForeseeingRule bucket = new ForeseeingRule("bucket", log);
    private final ForeseeingRule count = new ForeseeingRule("count", log);
    private final ForeseeingRule limit = new ForeseeingRule("limit", log);
    private final Guard guard = guard(bucket, count, limit);
    private final Attempt attempt = Attempts.request(guard.client(Attempts.key(1)));

    /** A scripted rule that can say whether it may refuse. */
    private static final class ForeseeingRule extends ScriptedRule {

        private final List<String> log;
        private Verdict foreseen = Verdict.pass();
        private boolean breaksWhenForeseeing;

        ForeseeingRule(String name, List<String> log) {
            super(name, log);
            this.log = log;
        }

        void says(Verdict verdict) {
            this.verdict = verdict;
            foreseen = verdict;
        }

        @Override
        public boolean mayRefuse(Attempt attempt, long nowNanos) {
            log.add(name() + " foresees");
            if (breaksWhenForeseeing) {
                throw new IllegalStateException(name() + " cannot say");
            }
            return foreseen != Verdict.pass();
        }
    }

    private Guard guard(Rule... rules) {
        return Guard.builder("test")
                .requestRules(rules)
                .clock(clock)
                .tickInterval(Duration.ZERO)
                .build();
    }

    /** The limit refuses, as it has done before since the last tick. */
    private void limitRefuses() {
        limit.says(Rejection.of(Reason.CONCURRENCY));
        assertRefused(Reason.CONCURRENCY);
        log.clear();
    }

    private void assertRefused(Reason reason) {
        assertThat(guard.tryAdmit(attempt)).isSameAs(Rejection.of(reason));
        assertNothingIsHeld();
    }

    private void assertNothingIsHeld() {
        assertThat(List.of(bucket.held(), count.held(), limit.held())).containsOnly(0);
    }

    @Test
    void theSecondRefusalTakesNothing() {
        limitRefuses();

        assertRefused(Reason.CONCURRENCY);

        assertThat(log).containsExactly("bucket foresees", "count foresees", "limit asked");
        assertThat(guard.counts(Attempt.Kind.REQUEST).rejected(Reason.CONCURRENCY))
                .isEqualTo(2);
    }

    @Test
    void untilTheNextTickAlone() {
        limitRefuses();
        guard.tick();
        log.clear();

        assertRefused(Reason.CONCURRENCY);

        assertThat(log)
                .containsExactly("bucket asked", "count asked", "limit asked", "count cancelled", "bucket cancelled");
    }

    @Test
    void theFirstRuleThatRefusesNamesItsReason() {
        limitRefuses();
        count.says(Rejection.of(Reason.CLIENT_CONCURRENCY));

        assertRefused(Reason.CLIENT_CONCURRENCY);

        assertThat(log).containsExactly("bucket foresees", "count foresees", "count asked");
    }

    @Test
    void whatTheLimitPassesAfterAllIsAskedOfTheOthers() {
        limitRefuses();
        limit.says(Verdict.pass());

        Permit permit = (Permit) guard.tryAdmit(attempt);

        assertThat(log)
                .containsExactly("bucket foresees", "count foresees", "limit asked", "bucket asked", "count asked");
        assertThat(List.of(bucket.held(), count.held(), limit.held())).containsOnly(1);
        permit.release(Outcome.SUCCESS);
        assertNothingIsHeld();
    }

    @Test
    void aRuleThatRefusesOtherThanItSaidHasTheLimitGiveBackWhatItHolds() {
        limitRefuses();
        limit.says(Verdict.pass());
        count.verdict = Rejection.of(Reason.CLIENT_CONCURRENCY);

        assertRefused(Reason.CLIENT_CONCURRENCY);

        assertThat(log)
                .containsExactly(
                        "bucket foresees",
                        "count foresees",
                        "limit asked",
                        "bucket asked",
                        "count asked",
                        "limit cancelled",
                        "bucket cancelled");
    }

    @Test
    void aRuleThatPassesOtherThanItSaidChangesNothing() {
        limitRefuses();
        bucket.foreseen = Rejection.of(Reason.CLIENT_RATE);

        assertRefused(Reason.CONCURRENCY);

        assertThat(log)
                .containsExactly(
                        "bucket foresees",
                        "bucket asked",
                        "count asked",
                        "limit asked",
                        "count cancelled",
                        "bucket cancelled");
    }

    @Test
    void behindARuleThatCannotSayEachIsAskedInTurn() {
        ScriptedRule users = new ScriptedRule("user's", log);
        Guard mixed = guard(users, bucket, limit);
        limit.says(Rejection.of(Reason.CONCURRENCY));
        mixed.tryAdmit(attempt);
        log.clear();

        assertThat(mixed.tryAdmit(attempt)).isSameAs(Rejection.of(Reason.CONCURRENCY));

        assertThat(log)
                .containsExactly("user's asked", "bucket asked", "limit asked", "bucket cancelled", "user's cancelled");
        assertThat(users.held()).isZero();
    }

    @Test
    void aRuleThatCannotSayIsNotAskedBeforeThoseBeforeIt() {
        ScriptedRule users = new ScriptedRule("user's", log);
        users.verdict = Rejection.of(Reason.OVERLOAD);
        Guard mixed = guard(bucket, users);
        mixed.tryAdmit(attempt);
        log.clear();

        assertThat(mixed.tryAdmit(attempt)).isSameAs(Rejection.of(Reason.OVERLOAD));

        assertThat(log).containsExactly("bucket asked", "user's asked", "bucket cancelled");
    }

    @Test
    void inShadowModeOfTheGuardOrOfARuleEachIsAskedInTurn() {
        limitRefuses();
        guard.shadow(Set.of("count"));
        count.says(Rejection.of(Reason.CLIENT_CONCURRENCY));
        assertRefused(Reason.CONCURRENCY);
        assertThat(log).containsExactly("bucket asked", "count asked", "limit asked", "bucket cancelled");

        log.clear();
        guard.shadow(Set.of());
        count.says(Verdict.pass());
        guard.mode(Mode.SHADOW);
        Permit letThrough = (Permit) guard.tryAdmit(attempt);
        assertThat(log)
                .containsExactly("bucket asked", "count asked", "limit asked", "count cancelled", "bucket cancelled");
        letThrough.release(Outcome.SUCCESS);
        assertNothingIsHeld();
    }

    @Test
    void aRuleThatThrowsInsteadOfSayingIsCountedAndTakenToPass() {
        limitRefuses();
        bucket.breaksWhenForeseeing = true;

        assertRefused(Reason.CONCURRENCY);

        assertThat(log).containsExactly("bucket foresees", "count foresees", "limit asked");
        assertThat(guard.faults()).isOne();
    }

    @Test
    void whatIsExemptIsAskedOfNobody() {
        limitRefuses();

        assertThat(guard.tryAdmit(attempt.exempted())).isInstanceOf(Permit.class);

        assertThat(log).isEmpty();
    }
}
