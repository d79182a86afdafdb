package io.portguard.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.Attempts;
import io.portguard.ManualClock;
import io.portguard.Outcome;
import io.portguard.Priority;
import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.Rule;
import io.portguard.Verdict;
import io.portguard.limit.Algorithm;
import io.portguard.limit.Allowance;
import io.portguard.limit.Limit;
import io.portguard.limit.LimitParameters;
import io.portguard.limit.Limits;
import io.portguard.limit.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConcurrencyRuleTest {

    private final ManualClock clock = new ManualClock();
    private final ClientTable table = new ClientTable(1_000, clock);
    private final FairShare fairShare = new FairShare(clock.nanoTime());
    private final WatchedLimit limit = new WatchedLimit(new Allowance(10, 20));
    private final ConcurrencyRule rule = new ConcurrencyRule(limit, table, fairShare, Room.NONE, clock.nanoTime());
    private final Attempt normal = Attempts.request(table.client(Attempts.key(1)));
    private final Attempt critical = Attempts.request(table.client(Attempts.key(1)), Priority.CRITICAL);

    /** Allows what it is told to, and keeps the windows it is shown. */
    private static final class WatchedLimit implements Limit {
        private Allowance allowance;
        private final List<Window> windows = new ArrayList<>();

        WatchedLimit(Allowance allowance) {
            this.allowance = allowance;
        }

        @Override
        public Allowance initial() {
            return allowance;
        }

        @Override
        public Allowance update(Window window) {
            windows.add(window);
            return allowance;
        }

        @Override
        public Allowance reconfigure(LimitParameters parameters) {
            return new Allowance(parameters.max(), parameters.max());
        }
    }

    private Verdict ask(Attempt attempt) {
        return rule.tryAcquire(attempt, clock.nanoTime());
    }

    private void end(Attempt attempt, Outcome outcome, long millis) {
        rule.release(attempt, clock.nanoTime() - millis * 1_000_000, clock.nanoTime(), outcome);
    }

    private int fill(Attempt attempt) {
        int admitted = 0;
        while (ask(attempt) == Verdict.pass()) {
            admitted++;
        }
        return admitted;
    }

    /** Shows the limit a window in which the queue was used, which makes the service busy. */
    private void becomeBusy() {
        for (int i = 0; i < 10; i++) {
            assertThat(ask(critical)).isEqualTo(Verdict.pass());
        }
        fill(critical);
        while (rule.inFlight() > 0) {
            end(critical, Outcome.SUCCESS, 10);
        }
        goOn(50);
    }

    /** Ticks every 50 ms, and at last a little sooner if need be. */
    private void goOn(long millis) {
        for (long left = millis; left > 0; left -= 50) {
            clock.advanceMillis(Math.min(left, 50));
            rule.tick(clock.nanoTime());
        }
    }

    @Test
    void whileTheServiceIsNotBusyTheWholeLimitIsForAll() {
        assertThat(fill(normal)).isEqualTo(20);
        assertThat(ask(normal)).isEqualTo(Rejection.of(Reason.CONCURRENCY));
        assertThat(rule.inFlight()).isEqualTo(20);
    }

    @Test
    void whileItIsBusyPartOfTheQueueIsKeptForWhatMattersMore() {
        becomeBusy();
        assertThat(fill(normal)).isEqualTo(16);
        assertThat(ask(normal)).isEqualTo(Rejection.of(Reason.OVERLOAD));
        assertThat(fill(critical)).isEqualTo(4);
        assertThat(ask(critical)).isEqualTo(Rejection.of(Reason.CONCURRENCY));
        assertThat(ask(normal)).isEqualTo(Rejection.of(Reason.CONCURRENCY));
    }

    @Test
    void itIsBusyForASecondAfterTheLastSignOfIt() {
        becomeBusy();
        endQuietly(950);
        assertThat(fill(normal)).isEqualTo(16);
        while (rule.inFlight() > 0) {
            end(normal, Outcome.IGNORED, 10);
        }
        endQuietly(1_000);
        ask(critical);
        end(critical, Outcome.IGNORED, 10);
        endQuietly(1_000);
        assertThat(fill(normal)).isEqualTo(20);
    }

    @Test
    void timeInWhichThereWasNothingToDoIsNoPartOfAWindow() {
        goOn(10_000);
        for (int i = 0; i < 12; i++) {
            ask(normal);
        }
        clock.advanceMillis(10);
        for (int i = 0; i < 12; i++) {
            end(normal, Outcome.SUCCESS, 10);
        }
        goOn(50);
        assertThat(limit.windows).singleElement().satisfies(window -> {
            assertThat(window.durationNanos()).isEqualTo(60_000_000);
            assertThat(window.completed()).isEqualTo(12);
            assertThat(window.standing()).as("came and went").isZero();
        });
    }

    private void endQuietly(long afterMillis) {
        goOn(afterMillis - 50);
        for (int i = 0; i < 10; i++) {
            ask(critical);
            end(critical, Outcome.SUCCESS, 10);
        }
        goOn(50);
    }

    @Test
    void whenBusyAClientAboveItsShareIsRefusedForThatReason() {
        ClientState heavy = (ClientState) table.client(Attempts.key(7));
        ClientState.REQUESTS.set(heavy, 50);
        List<Attempt> light = new ArrayList<>();
        for (int i = 100; i < 130; i++) {
            ClientState client = (ClientState) table.client(Attempts.key(i));
            ClientState.REQUESTS.set(client, 1);
            light.add(Attempts.request(client));
        }
        for (int i = 0; i < 40; i++) {
            goOn(100);
            heavy.accrue(clock.nanoTime());
            fairShare.standing(heavy, clock.nanoTime());
            for (Attempt each : light) {
                ((ClientState) each.client()).accrue(clock.nanoTime());
                fairShare.standing((ClientState) each.client(), clock.nanoTime());
            }
        }
        becomeBusy();
        int admitted = fill(Attempts.request(heavy));
        assertThat(ask(Attempts.request(heavy))).isEqualTo(Rejection.of(Reason.FAIR_SHARE));
        Rule ofIdentified = rule.ofIdentified();
        // What is in flight is counted with the request that is asked about, and those of others keep it from its
        // place.
        assertThat(ofIdentified.tryAcquire(Attempts.request(heavy), clock.nanoTime()))
                .isEqualTo(Verdict.pass());
        ask(light.get(0));
        assertThat(ofIdentified.tryAcquire(Attempts.request(heavy), clock.nanoTime()))
                .isEqualTo(Rejection.of(Reason.FAIR_SHARE));
        assertThat(ofIdentified.tryAcquire(light.get(0), clock.nanoTime())).isEqualTo(Verdict.pass());
        end(light.get(0), Outcome.SUCCESS, 0);
        assertThat(admitted).isBetween(10, 15);
        // What the heavy client is refused is there for the others.
        assertThat(ask(light.get(0))).isEqualTo(Verdict.pass());
    }

    @Test
    void theGradingBeginsWhileRequestsThatDoNotEndHoldEveryPlace() {
        Attempt polite = Attempts.request(table.client(Attempts.key(3)));
        assertThat(ask(critical)).isEqualTo(Verdict.pass());
        assertThat(fill(polite)).isEqualTo(19);
        goOn(50);
        // Nothing has ended, so there is nothing to learn; those who came after are told apart all the same.
        assertThat(limit.windows).isEmpty();
        for (int i = 0; i < 4; i++) {
            rule.cancel(polite, clock.nanoTime());
        }
        assertThat(ask(polite)).isEqualTo(Rejection.of(Reason.OVERLOAD));
        assertThat(ask(critical)).isEqualTo(Verdict.pass());
    }

    @Test
    void whileOthersAreHeldBackThoseWhoComeFirstFindAPlaceInAFullServiceAndNoMoreThanThat() {
        limit.allowance = new Allowance(10, 18, 20);
        Attempt background = Attempts.request(table.client(Attempts.key(4)), Priority.BACKGROUND);
        int ended = 10;
        int kept = 2;
        for (int round = 0; round < 20; round++) {
            fill(background);
            int refused = 100;
            for (int i = 0; i < refused; i++) {
                assertThat(ask(background)).isInstanceOf(Rejection.class);
            }
            fill(critical);
            // However often it is full: what is kept is beside the limit and not beside what is in flight.
            assertThat(rule.inFlight()).as("round %d", round).isLessThanOrEqualTo(20 + kept);
            for (int i = 0; i < ended; i++) {
                end(background, Outcome.SUCCESS, 10);
            }
            goOn(50);
        }
        fill(critical);
        assertThat(rule.inFlight()).isEqualTo(20 + kept);
    }

    @Test
    void whenTheLimitComesDownThoseWhoComeFirstNeedNotWaitUntilTheOthersHaveGone() {
        limit.allowance = new Allowance(10, 18, 20);
        Attempt background = Attempts.request(table.client(Attempts.key(4)), Priority.BACKGROUND);
        assertThat(ask(critical)).isEqualTo(Verdict.pass());
        goOnAfter(background);
        for (int i = 10; i < 20; i++) {
            Attempt other = Attempts.request(table.client(Attempts.key(i)), Priority.CRITICAL);
            assertThat(ask(other)).isEqualTo(Verdict.pass());
            assertThat(rule.inFlight()).isLessThanOrEqualTo(22);
        }
        limit.allowance = new Allowance(4, 6, 8);
        goOnAfter(background);
        int inFlight = rule.inFlight();
        assertThat(inFlight).isGreaterThan(8);
        assertThat(ask(background)).isInstanceOf(Rejection.class);
        assertThat(ask(critical)).isEqualTo(Verdict.pass());
    }

    @Test
    void whenTheLimitComesFarDownThoseWhoComeFirstDoNotKeepEachOtherWaiting() {
        limit.allowance = new Allowance(16, 70, 75);
        Attempt background = Attempts.request(table.client(Attempts.key(4)), Priority.BACKGROUND);
        assertThat(ask(critical)).isEqualTo(Verdict.pass());
        goOnAfter(background);
        for (int i = 10; rule.inFlight() < 75; i++) {
            Attempt other = Attempts.request(table.client(Attempts.key(i)), Priority.CRITICAL);
            assertThat(ask(other)).isEqualTo(Verdict.pass());
        }
        limit.allowance = new Allowance(16, 38, 42);
        goOnAfter(background);
        assertThat(rule.inFlight()).isGreaterThan(54);
        assertThat(ask(critical)).isInstanceOf(Rejection.class);
        while (rule.inFlight() > 54 - 3) {
            end(background, Outcome.SUCCESS, 10);
        }
        assertThat(fill(critical)).as("two reserves of a quarter of the queue").isEqualTo(3);
    }

    /** Ten end and many more of the kind are refused, in one window. */
    private void goOnAfter(Attempt attempt) {
        fill(attempt);
        for (int i = 0; i < 100; i++) {
            assertThat(ask(attempt)).isInstanceOf(Rejection.class);
        }
        for (int i = 0; i < 10; i++) {
            end(attempt, Outcome.SUCCESS, 10);
        }
        goOn(50);
    }

    @Test
    void whatNobodyElseWantsTheHeaviestGets() {
        Attempt heavy = Attempts.request(table.client(Attempts.key(7)));
        List<Attempt> others = new ArrayList<>();
        for (int i = 10; i < 30; i++) {
            others.add(Attempts.request(table.client(Attempts.key(i))));
        }
        for (int i = 0; i < 100; i++) {
            // The others ask for little; the heavy one takes what is left, and more than is there.
            others.forEach(other -> end(other, ask(other)));
            int taken = fill(heavy);
            assertThat(rule.inFlight()).as("places in use after round %d", i).isGreaterThanOrEqualTo(10);
            goOn(50);
            for (int j = 0; j < taken; j++) {
                end(heavy, Outcome.SUCCESS, 50);
            }
        }
    }

    private void end(Attempt attempt, Verdict verdict) {
        if (verdict == Verdict.pass()) {
            end(attempt, Outcome.SUCCESS, 1);
        }
    }

    @Test
    void cancelGivesThePlaceBackAndIsNoSample() {
        assertThat(ask(normal)).isEqualTo(Verdict.pass());
        rule.cancel(normal, clock.nanoTime());
        assertThat(rule.inFlight()).isZero();
        goOn(5_000);
        assertThat(limit.windows).isEmpty();
    }

    @Test
    void theLimitIsShownWhatEndedAndWhatWasRefused() {
        fill(normal);
        for (int i = 0; i < 6; i++) {
            end(normal, Outcome.SUCCESS, 10);
        }
        end(normal, Outcome.SUCCESS, 40);
        end(normal, Outcome.FAILURE, 1_000);
        end(normal, Outcome.DROPPED, 1_000);
        end(normal, Outcome.IGNORED, 1_000);
        end(normal, Outcome.FAILURE, 1_000);
        goOn(50);

        assertThat(limit.windows).hasSize(1);
        Window window = limit.windows.get(0);
        assertThat(window.durationNanos()).isEqualTo(50_000_000);
        assertThat(window.completed()).isEqualTo(10);
        assertThat(window.served()).isEqualTo(7);
        assertThat(window.dropped()).isOne();
        assertThat(window.latencySumNanos()).isEqualTo(100_000_000);
        assertThat(window.meanLatencyNanos()).isEqualTo(100_000_000 / 7.0);
        assertThat(window.peakInFlight()).isEqualTo(20);
        assertThat(window.refused()).isOne();
        assertThat(window.inFlightSum()).isEqualTo(20 + 19 + 18 + 17 + 16 + 15 + 14 + 13 + 12 + 10);
    }

    @Test
    void aWindowLastsUntilItHasEnoughRequestsOrASecondIsOver() {
        fill(normal);
        end(normal, Outcome.SUCCESS, 10);
        goOn(950);
        assertThat(limit.windows).isEmpty();
        goOn(50);
        assertThat(limit.windows).hasSize(1);
        goOn(100_000);
        assertThat(limit.windows).hasSize(1);
    }

    @Test
    void whatWasInFlightWhileTheProcessStoodStillSaysNothing() {
        fill(normal);
        clock.advanceMillis(500);
        while (rule.inFlight() > 0) {
            end(normal, Outcome.SUCCESS, 500);
        }
        goOn(200);
        assertThat(limit.windows).isEmpty();
        goOn(50);
        fill(normal);
        while (rule.inFlight() > 0) {
            end(normal, Outcome.SUCCESS, 10);
        }
        goOn(50);
        assertThat(limit.windows).hasSize(1);
        assertThat(limit.windows.get(0).meanLatencyNanos()).isEqualTo(10_000_000);
    }

    @Test
    void aLowerLimitHoldsAtOnceAndLosesNoPermit() {
        fill(normal);
        rule.reconfigure(new LimitParameters(5, 1, 5, Duration.ofMillis(20)));
        assertThat(ask(critical)).isEqualTo(Rejection.of(Reason.CONCURRENCY));
        for (int i = 20; i > 5; i--) {
            assertThat(ask(critical)).isInstanceOf(Rejection.class);
            end(normal, Outcome.SUCCESS, 1);
        }
        assertThat(rule.inFlight()).isEqualTo(5);
        end(normal, Outcome.SUCCESS, 1);
        assertThat(ask(critical)).isEqualTo(Verdict.pass());
    }

    @Test
    void anotherAlgorithmTakesOverWithWhatIsInFlight() {
        fill(normal);
        rule.limit(Limits.of(Algorithm.FIXED, new LimitParameters(30, 1, 30, Duration.ofMillis(20))));
        assertThat(rule.allowance().limit()).isEqualTo(30);
        assertThat(fill(normal)).isEqualTo(10);
        while (rule.inFlight() > 0) {
            end(normal, Outcome.SUCCESS, 1);
        }
    }
}
