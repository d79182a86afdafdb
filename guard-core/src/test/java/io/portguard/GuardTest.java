package io.portguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class GuardTest {

    private final ManualClock clock = new ManualClock();
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private final ScriptedRule first = new ScriptedRule("first", log);
    private final ScriptedRule second = new ScriptedRule("second", log);
    private final ScriptedRule third = new ScriptedRule("third", log);
    private final Guard guard = Guard.builder("test")
            .requestRules(first, second, third)
            .listener(new WritesDown(log))
            .clock(clock)
            .tickInterval(Duration.ZERO)
            .build();
    private final Client client = guard.client(Attempts.key(1));
    private final Attempt attempt = Attempts.request(client);

    private record WritesDown(List<String> log) implements GuardListener {
        @Override
        public void admitted(Attempt attempt) {
            log.add("told admitted");
        }

        @Override
        public void shadowed(Attempt attempt, String rule, Rejection rejection) {
            log.add("told " + rule + " would refuse for " + rejection.reason());
        }

        @Override
        public void rejected(Attempt attempt, Rejection rejection, boolean enforced) {
            log.add("told rejected " + rejection.reason() + (enforced ? "" : " (shadow)"));
        }

        @Override
        public void released(Attempt attempt, Outcome outcome, long durationNanos) {
            log.add("told released " + outcome + " after " + durationNanos);
        }
    }

    GuardTest() {
        log.clear();
    }

    private Permit admit() {
        return (Permit) guard.tryAdmit(attempt);
    }

    private DecisionCounts counts() {
        return guard.counts(Attempt.Kind.REQUEST);
    }

    private void assertNothingIsHeld() {
        assertThat(first.held()).isZero();
        assertThat(second.held()).isZero();
        assertThat(third.held()).isZero();
        assertThat(counts().active()).isZero();
    }

    @Test
    void rulesAreAskedInOrderAndReleasedBackwards() {
        Permit permit = admit();
        assertThat(log).containsExactly("first asked", "second asked", "third asked", "told admitted");
        log.clear();
        clock.advanceNanos(500);

        assertThat(permit.release(Outcome.SUCCESS)).isTrue();

        assertThat(log)
                .containsExactly(
                        "third released SUCCESS after 500",
                        "second released SUCCESS after 500",
                        "first released SUCCESS after 500",
                        "told released SUCCESS after 500");
        assertNothingIsHeld();
    }

    @Test
    void aSpentPermitIsGivenAnew() {
        Permit spent = admit();
        clock.advanceNanos(5);
        assertThat(spent.release(Outcome.SUCCESS, clock.nanoTime())).isTrue();
        log.clear();

        assertThat(guard.tryAdmit(attempt, spent, clock.nanoTime())).isSameAs(spent);
        assertThat(first.held()).isOne();
        clock.advanceNanos(7);
        assertThat(spent.release(Outcome.FAILURE)).isTrue();
        assertThat(spent.release(Outcome.SUCCESS)).isFalse();

        assertThat(log).contains("third released FAILURE after 7").last().isEqualTo("told released FAILURE after 7");
        assertNothingIsHeld();
    }

    @Test
    void aPermitThatIsOutOrOfAnotherKindIsNotGivenAnew() {
        Permit out = admit();
        Permit another = (Permit) guard.tryAdmit(attempt, out, clock.nanoTime());
        assertThat(another).isNotSameAs(out);
        assertThat(out.release(Outcome.SUCCESS)).isTrue();
        assertThat(another.release(Outcome.SUCCESS)).isTrue();

        Permit connection = (Permit) guard.tryAdmit(Attempts.connection(client), out, clock.nanoTime());
        assertThat(connection).isNotSameAs(out);
        assertThat(connection.release(Outcome.SUCCESS)).isTrue();
        assertNothingIsHeld();
    }

    @Test
    void aGuardThatIsAskedNothingTicksLess() {
        AtomicInteger ticks = new AtomicInteger();
        Guard housekept = Guard.builder("test")
                .chore(now -> ticks.incrementAndGet())
                .clock(clock)
                .tickInterval(Duration.ZERO)
                .build();
        for (int i = 0; i < 12; i++) {
            housekept.tickIfDue();
        }
        assertThat(ticks).hasValue(3);

        Permit inProgress = (Permit) housekept.tryAdmit(attempt);
        housekept.tickIfDue();
        housekept.tickIfDue();
        assertThat(ticks).as("while something is asked or in progress").hasValue(5);
        inProgress.release(Outcome.SUCCESS);
        housekept.tickIfDue();
        assertThat(ticks).hasValue(5);
    }

    @Test
    void aRefusalCancelsThePassesBeforeItBackwardsAndAsksNobodyElse() {
        third.verdict = Rejection.of(Reason.CONCURRENCY);

        assertThat(guard.tryAdmit(attempt)).isSameAs(Rejection.of(Reason.CONCURRENCY));

        assertThat(log)
                .containsExactly(
                        "first asked",
                        "second asked",
                        "third asked",
                        "second cancelled",
                        "first cancelled",
                        "told rejected concurrency");
        assertNothingIsHeld();
        assertThat(counts().rejected(Reason.CONCURRENCY, Priority.NORMAL)).isOne();
        assertThat(counts().admitted()).isZero();
    }

    @Test
    void aRuleInShadowModeByItselfRefusesNothingAndTheOthersHoldTheAttempt() {
        guard.shadow(Set.of("second"));
        second.verdict = Rejection.of(Reason.CLIENT_RATE);
        log.clear();

        Permit permit = admit();

        assertThat(log)
                .containsExactly(
                        "first asked",
                        "second asked",
                        "told second would refuse for client-rate",
                        "third asked",
                        "told rejected client-rate (shadow)");
        assertThat(first.held()).isOne();
        assertThat(third.held()).isOne();
        assertThat(counts().wouldReject(Reason.CLIENT_RATE)).isOne();
        assertThat(counts().admitted()).isZero();
        assertThat(counts().active()).isOne();
        permit.release(Outcome.SUCCESS);
        assertNothingIsHeld();
    }

    @Test
    void whatAnotherRuleRefusesIsNotCountedAsLetThroughByShadow() {
        guard.shadow(Set.of("first", "second"));
        first.verdict = Rejection.of(Reason.DENIED);
        second.verdict = Rejection.of(Reason.CLIENT_RATE);
        third.verdict = Rejection.of(Reason.CONCURRENCY);

        assertThat(guard.tryAdmit(attempt)).isSameAs(Rejection.of(Reason.CONCURRENCY));

        assertThat(counts().wouldReject()).isZero();
        assertThat(counts().rejected(Reason.CONCURRENCY)).isOne();
        assertThat(log).contains("told first would refuse for denied", "told second would refuse for client-rate");
        assertNothingIsHeld();
        third.verdict = Verdict.pass();
        admit().release(Outcome.SUCCESS);
        assertThat(counts().wouldReject(Reason.DENIED))
                .as("the first that would have refused")
                .isOne();
        guard.shadow(Set.of());
        assertThat(guard.tryAdmit(attempt)).isSameAs(Rejection.of(Reason.DENIED));
        assertNothingIsHeld();
    }

    @Test
    void inShadowModeARefusalIsCountedAndTheAttemptGoesOnHoldingNothing() {
        guard.mode(Mode.SHADOW);
        second.verdict = Rejection.of(Reason.CLIENT_RATE);

        Permit permit = admit();

        assertThat(first.held()).isZero();
        assertThat(counts().wouldReject(Reason.CLIENT_RATE, Priority.NORMAL)).isOne();
        assertThat(counts().rejected()).isZero();
        assertThat(counts().admitted()).isZero();
        assertThat(counts().active()).isOne();
        assertThat(log).contains("told rejected client-rate (shadow)").doesNotContain("told admitted");
        log.clear();
        permit.release(Outcome.FAILURE);
        assertThat(log).containsExactly("told released FAILURE after 0");
        assertNothingIsHeld();
    }

    @Test
    void inShadowModeWhatIsAdmittedHoldsAsItWouldOtherwise() {
        guard.mode(Mode.SHADOW);
        Permit permit = admit();
        assertThat(first.held()).isOne();
        permit.release(Outcome.SUCCESS);
        assertNothingIsHeld();
    }

    @Test
    void whenOffNoRuleIsAskedAndTheAttemptIsCounted() {
        guard.mode(Mode.OFF);
        first.verdict = Rejection.of(Reason.DENIED);

        Permit permit = admit();

        assertThat(log).containsExactly("told admitted");
        assertThat(counts().active()).isOne();
        permit.release(Outcome.SUCCESS);
        assertNothingIsHeld();
    }

    @Test
    void anExemptAttemptIsAdmittedWithoutARuleBeingAsked() {
        first.verdict = Rejection.of(Reason.DRAINING);

        Decision decision = guard.tryAdmit(attempt.exempted());

        assertThat(decision).isInstanceOf(Permit.class);
        assertThat(log).containsExactly("told admitted");
        ((Permit) decision).release(Outcome.SUCCESS);
        assertNothingIsHeld();
    }

    @Test
    void aConnectionIsNotAskedOfTheRulesForRequests() {
        first.verdict = Rejection.of(Reason.DENIED);
        assertThat(guard.tryAdmit(Attempts.connection(client))).isInstanceOf(Permit.class);
        assertThat(guard.counts(Attempt.Kind.CONNECTION).admitted()).isOne();
        assertThat(counts().admitted()).isZero();
    }

    @Test
    void aPermitIsReleasedOnceAndTheFirstOutcomeCounts() {
        Permit permit = admit();
        assertThat(permit.isReleased()).isFalse();
        assertThat(permit.release(Outcome.DROPPED)).isTrue();
        log.clear();

        assertThat(permit.release(Outcome.SUCCESS)).isFalse();
        assertThat(permit.release(Outcome.DROPPED)).isFalse();

        assertThat(permit.isReleased()).isTrue();
        assertThat(log).isEmpty();
        assertNothingIsHeld();
    }

    @Test
    void aPermitThatHoldsNothingIsReleasedOnceToo() {
        guard.mode(Mode.OFF);
        Permit permit = admit();
        assertThat(permit.isReleased()).isFalse();
        assertThat(permit.release(Outcome.SUCCESS)).isTrue();
        assertThat(permit.release(Outcome.SUCCESS)).isFalse();
        assertThat(permit.isReleased()).isTrue();
        assertNothingIsHeld();
    }

    @Test
    void aRuleThatBecomesInactiveIsStillReleasedWhatItHolds() {
        Permit permit = admit();
        second.active = false;
        guard.refresh();

        permit.release(Outcome.SUCCESS);

        assertNothingIsHeld();
    }

    @Test
    void aRuleThatBecomesActiveIsNotReleasedWhatItNeverHeld() {
        second.active = false;
        guard.refresh();
        Permit permit = admit();
        second.active = true;
        guard.refresh();

        permit.release(Outcome.SUCCESS);

        assertThat(log).doesNotContain("second asked", "second released SUCCESS after 0");
        assertNothingIsHeld();
    }

    @Test
    void eachTickFindsOutAnewWhichRulesAreActive() {
        first.active = false;
        guard.tick();
        log.clear();
        admit().release(Outcome.SUCCESS);
        assertThat(log).doesNotContain("first asked").contains("second asked");
    }

    @Test
    void theModeMayChangeWhilePermitsAreOut() {
        Permit enforced = admit();
        guard.mode(Mode.OFF);
        Permit unasked = admit();
        guard.mode(Mode.SHADOW);
        third.verdict = Rejection.of(Reason.OVERLOAD);
        Permit shadowed = admit();
        assertThat(counts().active()).isEqualTo(3);
        guard.mode(Mode.ENFORCE);

        enforced.release(Outcome.SUCCESS);
        unasked.release(Outcome.SUCCESS);
        shadowed.release(Outcome.SUCCESS);

        assertNothingIsHeld();
    }

    @Test
    void aTickDoesTheChoresFirst() {
        Guard withChore = Guard.builder("chores")
                .chore(now -> log.add("chore at " + now))
                .requestRules(first)
                .clock(clock)
                .tickInterval(Duration.ZERO)
                .build();
        log.clear();
        withChore.tick();
        assertThat(log).containsExactly("chore at " + clock.nanoTime(), "first ticked", "first active");
    }

    @Test
    void aNegativeTickIntervalIsRefused() {
        assertThatThrownBy(() -> Guard.builder("x").tickInterval(Duration.ofNanos(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tickInterval: PT-0.000000001S (expected: zero or more)");
    }

    @Test
    void moreRulesThanTheBitsOfAPermitAreRefused() {
        Rule[] rules = Collections.nCopies(31, first).toArray(new Rule[0]);
        assertThatThrownBy(() -> Guard.builder("x").requestRules(rules).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("rules: 31 (expected: at most 30)");
    }

    @Test
    void asManyRulesAsAreAllowedAreEachReleased() {
        List<ScriptedRule> rules = new ArrayList<>();
        for (int i = 0; i < RuleChain.MAX_RULES; i++) {
            rules.add(new ScriptedRule("rule " + i, log));
        }
        Guard wide = Guard.builder("wide")
                .requestRules(rules.toArray(new Rule[0]))
                .clock(clock)
                .tickInterval(Duration.ZERO)
                .build();
        Permit permit = (Permit) wide.tryAdmit(attempt);
        assertThat(rules).allMatch(rule -> rule.held() == 1);
        permit.release(Outcome.SUCCESS);
        assertThat(rules).allMatch(rule -> rule.held() == 0);
    }

    @Test
    void aClosedGuardStillDecidesAndReleases() {
        Guard closing = Guard.builder("closing").requestRules(first).build();
        Permit permit = (Permit) closing.tryAdmit(attempt);
        closing.close();
        assertThat(closing.tryAdmit(attempt)).isInstanceOf(Permit.class);
        assertThat(permit.release(Outcome.SUCCESS)).isTrue();
    }
}
