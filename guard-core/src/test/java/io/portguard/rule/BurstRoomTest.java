package io.portguard.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.Attempts;
import io.portguard.ManualClock;
import io.portguard.Outcome;
import io.portguard.Rejection;
import io.portguard.Verdict;
import io.portguard.limit.Allowance;
import io.portguard.limit.Limit;
import io.portguard.limit.LimitParameters;
import io.portguard.limit.Window;
import org.junit.jupiter.api.Test;

/** The places that there are for a burst, while a service is not busy, and a flood that takes them. */
class BurstRoomTest {

    private static final int ORDINARY = 68;
    private static final int LIMIT = 74;
    private static final int ONCE_FULL = 53;

    private final ManualClock clock = new ManualClock();
    private final ClientTable table = new ClientTable(1_000, clock);
    private final ConcurrencyRule rule =
            new ConcurrencyRule(new Unchanged(), table, new FairShare(clock.nanoTime()), Room.NONE, clock.nanoTime());
    private int clients;

    private static final class Unchanged implements Limit {

        private final Allowance allowance = new Allowance(16, ORDINARY, LIMIT, ONCE_FULL);

        @Override
        public Allowance initial() {
            return allowance;
        }

        @Override
        public Allowance update(Window window) {
            return allowance;
        }

        @Override
        public Allowance reconfigure(LimitParameters parameters) {
            return allowance;
        }
    }

    /** A request of a client that is new. */
    private Attempt other() {
        return Attempts.request(table.client(Attempts.key(++clients)));
    }

    private Verdict ask() {
        return rule.tryAcquire(other(), clock.nanoTime());
    }

    private void end(int requests) {
        for (int i = 0; i < requests; i++) {
            rule.release(other(), clock.nanoTime() - 10_000_000, clock.nanoTime(), Outcome.SUCCESS);
        }
    }

    private void fill() {
        while (rule.inFlight() < rule.allowance().limit()) {
            assertThat(ask()).isEqualTo(Verdict.pass());
        }
    }

    private void refuse(int requests) {
        for (int i = 0; i < requests; i++) {
            assertThat(ask()).isInstanceOf(Rejection.class);
        }
    }

    @Test
    void aBurstFindsItAndWhoGoesLeavesAPlace() {
        fill();
        assertThat(rule.inFlight()).isEqualTo(LIMIT);
        refuse(LIMIT - 1);
        end(1);
        assertThat(ask()).isEqualTo(Verdict.pass());
        assertThat(rule.allowance().limit()).isEqualTo(LIMIT);
    }

    @Test
    void whenAsManyAreTurnedAwayAsFoundItItIsTakenAwayAtOnce() {
        fill();
        refuse(LIMIT);
        assertThat(rule.allowance().limit()).isEqualTo(ONCE_FULL);
        end(LIMIT - ONCE_FULL);
        refuse(1);
        end(1);
        assertThat(ask()).isEqualTo(Verdict.pass());
    }

    @Test
    void fewerInEachOfSeveralTicksAreNoFlood() {
        for (int tick = 0; tick < 5; tick++) {
            fill();
            refuse(LIMIT / 2);
            end(LIMIT);
            clock.advanceMillis(50);
            rule.tick(clock.nanoTime());
            assertThat(rule.allowance().limit()).as("after tick %d", tick).isEqualTo(LIMIT);
        }
    }
}
