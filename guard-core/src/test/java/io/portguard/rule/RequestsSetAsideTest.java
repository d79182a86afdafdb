package io.portguard.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.Attempts;
import io.portguard.ManualClock;
import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.Verdict;
import io.portguard.limit.Algorithm;
import io.portguard.limit.Limit;
import io.portguard.limit.LimitParameters;
import io.portguard.limit.Limits;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What the concurrency rule makes of requests that wait for their clients alone. */
class RequestsSetAsideTest {

    private static final int LIMIT = 2;

    private final ManualClock clock = new ManualClock();
    private final ClientTable table = new ClientTable(100, clock);
    private final FairShare fairShare = new FairShare(clock.nanoTime());
    private final Slow slow = new Slow();
    private final ConcurrencyRule rule = new ConcurrencyRule(fixed(), table, fairShare, slow, clock.nanoTime());
    private final Attempt attacker = Attempts.request(table.client(Attempts.key(1)));
    private final Attempt ordinary = Attempts.request(table.client(Attempts.key(2)));

    @Test
    void thoseThatAreLeftAloneNeedNoPlace() {
        assertThat(fill(attacker)).isEqualTo(LIMIT);
        slow.setAside = 1;
        assertThat(fill(ordinary)).isEqualTo(1);
    }

    @Test
    void whatIsFoundOutForARefusalCountsForItAlready() {
        fill(attacker);
        slow.found = 1;
        assertThat(ask(ordinary)).isEqualTo(Verdict.pass());
        assertThat(slow.setAside).isEqualTo(1);
    }

    @Test
    void nothingIsLookedForWhileItIsKnownThatThereIsNothing() {
        fill(attacker);
        slow.found = 1;
        slow.nothing = true;
        assertThat(ask(ordinary)).isNotEqualTo(Verdict.pass());
        assertThat(slow.setAside).isZero();
        slow.nothing = false;
        assertThat(ask(ordinary)).isEqualTo(Verdict.pass());
    }

    @Test
    void whoIsKeptOutIsRefusedThoughThereAreFreePlaces() {
        slow.keptOut = attacker;
        assertThat(ask(attacker))
                .isInstanceOfSatisfying(
                        Rejection.class,
                        rejection -> assertThat(rejection.reason()).isEqualTo(Reason.FAIR_SHARE));
        assertThat(ask(ordinary)).isEqualTo(Verdict.pass());
    }

    @Test
    void nobodyIsKeptOutWhereSharesAreNotWanted() {
        slow.keptOut = attacker;
        fairShare.enabled(false);
        assertThat(ask(attacker)).isEqualTo(Verdict.pass());
    }

    private int fill(Attempt attempt) {
        int admitted = 0;
        while (ask(attempt) == Verdict.pass()) {
            admitted++;
        }
        return admitted;
    }

    private Verdict ask(Attempt attempt) {
        return rule.tryAcquire(attempt, clock.nanoTime());
    }

    private static Limit fixed() {
        return Limits.of(Algorithm.FIXED, new LimitParameters(LIMIT, LIMIT, LIMIT, Duration.ofMillis(20)));
    }

    private static final class Slow implements Room {

        private int setAside;
        private int found;
        private boolean nothing;
        private Attempt keptOut;

        @Override
        public boolean isMadeFor(Attempt attempt, long nowNanos) {
            setAside += found;
            found = 0;
            return false;
        }

        @Override
        public boolean hasNothing(long nowNanos) {
            return nothing;
        }

        @Override
        public int setAside(long nowNanos) {
            return setAside;
        }

        @Override
        public boolean isKeptFrom(Attempt attempt, int inFlight, long nowNanos) {
            return attempt == keptOut;
        }
    }
}
