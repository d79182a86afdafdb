package io.portguard.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.Attempts;
import io.portguard.Client;
import io.portguard.ManualClock;
import io.portguard.Outcome;
import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.Rule;
import io.portguard.Verdict;
import io.portguard.limit.Algorithm;
import io.portguard.limit.LimitParameters;
import io.portguard.limit.Limits;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientTableTest {

    private static final long SECOND = 1_000_000_000;

    private final ManualClock clock = new ManualClock();
    private final ClientTable table = new ClientTable(100, clock);

    private ClientState client(int number) {
        return (ClientState) table.client(Attempts.key(number));
    }

    private void flood(int addresses) {
        for (int i = 0; i < addresses; i++) {
            table.client(Attempts.key(1_000_000 + i));
        }
        table.sweep();
    }

    @Test
    void aClientKnownIsTheSameObject() {
        assertThat(client(1)).isSameAs(client(1)).isNotSameAs(client(2));
        assertThat(table.size()).isEqualTo(2);
    }

    @Test
    void howeverManyAddressesThereAreItStaysBounded() {
        flood(100_000);
        assertThat(table.size()).isLessThanOrEqualTo(100);
    }

    @Test
    void whenAClientMadeItsFirstRequestIsKnownForAWhile() {
        Attempt attempt = Attempts.request(client(1));
        assertThat(table.askedFirstWithin(SECOND, attempt)).isFalse();
        table.asks(attempt);
        assertThat(table.askedFirstWithin(SECOND, attempt)).isTrue();
        clock.advance(Duration.ofMillis(1_500));
        table.asks(attempt);
        assertThat(table.askedFirstWithin(SECOND, attempt)).isFalse();
        assertThat(table.askedFirstWithin(2 * SECOND, attempt)).isTrue();
    }

    /** The time is kept in so few bits that it comes round every two hours and a half. */
    @Test
    void aFirstRequestOfLongAgoNeverBecomesOneOfNow() {
        ClientState known = client(1);
        Attempt attempt = Attempts.request(known);
        table.asks(attempt);
        for (int times = 0; times < 5_000; times++) {
            clock.advance(Duration.ofSeconds(2));
            seen(known);
            table.sweep();
            assertThat(table.askedFirstWithin(SECOND, attempt)).isFalse();
        }
        assertThat(table.hasAsked(attempt)).isTrue();
    }

    /** A request that came and went, as the standard guard counts each. */
    private void seen(ClientState client) {
        ClientCountRule rule = new ClientCountRule(Reason.CLIENT_CONCURRENCY, table, Attempt.Kind.REQUEST);
        rule.tryAcquire(Attempts.request(client), clock.nanoTime());
        rule.cancel(Attempts.request(client), clock.nanoTime());
    }

    @Test
    void aClientThatHasNotBeenSeenForLongIsForgotten() {
        ClientState known = client(1);
        clock.advance(Duration.ofMinutes(9));
        seen(known);
        clock.advance(Duration.ofMinutes(9));
        table.sweep();
        assertThat(client(1)).isSameAs(known);
        clock.advance(Duration.ofMinutes(2));
        table.sweep();
        assertThat(table.size()).isZero();
        assertThat(known.isForgotten()).isTrue();
        assertThat(client(1)).isNotSameAs(known);
    }

    @Test
    void anAttemptWhoseClientWasForgottenIsOfTheOneThatIsKnownNow() {
        ClientState held = client(1);
        clock.advance(Duration.ofMinutes(30));
        table.sweep();
        assertThat(held.isForgotten()).isTrue();

        ClientState successor = table.stateOf(Attempts.request(held));

        assertThat(successor).isNotSameAs(held).isSameAs(client(1));
        assertThat(table.stateOf(Attempts.request(held))).isSameAs(successor);
    }

    @Test
    void aClientWithSomethingInProgressIsNeverForgotten() {
        ClientCountRule rule = new ClientCountRule(Reason.CLIENT_CONCURRENCY, table, Attempt.Kind.REQUEST);
        rule.limit(1);
        for (int i = 0; i < 500; i++) {
            assertThat(rule.tryAcquire(Attempts.request(client(i)), clock.nanoTime()))
                    .isEqualTo(Verdict.pass());
        }
        clock.advance(Duration.ofMinutes(30));
        flood(10_000);
        for (int i = 0; i < 500; i++) {
            assertThat(client(i).requests()).isEqualTo(1);
            assertThat(rule.tryAcquire(Attempts.request(client(i)), clock.nanoTime()))
                    .isEqualTo(Rejection.of(Reason.CLIENT_CONCURRENCY));
            rule.release(Attempts.request(client(i)), 0, clock.nanoTime(), Outcome.SUCCESS);
        }
        clock.advance(Duration.ofMinutes(30));
        for (int i = 0; i < 10; i++) {
            table.sweep();
        }
        assertThat(table.size()).isZero();
    }

    @Test
    void aClientIsRememberedForAsLongAsItOwes() {
        StandardRules rules = rules();
        rules.clientRate(0.0001, 1.0);
        rules.clientAcceptRate(0.00005, 1.0);
        ClientState requested = client(1);
        ClientState connected = client(2);
        for (Rule rule : rules.forRequests(false)) {
            rule.tryAcquire(Attempts.request(requested), clock.nanoTime());
        }
        for (Rule rule : rules.forConnections()) {
            rule.tryAcquire(Attempts.connection(connected), clock.nanoTime());
            rule.release(Attempts.connection(connected), 0, clock.nanoTime(), Outcome.SUCCESS);
        }
        for (Rule rule : rules.forRequests(false)) {
            rule.release(Attempts.request(requested), 0, clock.nanoTime(), Outcome.SUCCESS);
        }
        clock.advance(Duration.ofMinutes(160));
        flood(1_000);
        assertThat(client(1)).isSameAs(requested);
        clock.advance(Duration.ofMinutes(160));
        flood(1_000);
        assertThat(client(1)).isNotSameAs(requested);
        assertThat(client(2)).isSameAs(connected);
        clock.advance(Duration.ofMinutes(160));
        table.sweep();
        assertThat(client(2)).isNotSameAs(connected);
    }

    @Test
    void whoUsedALotALittleWhileAgoIsNotForgotten() {
        ClientState heavy = client(1);
        heavy.accrue(clock.nanoTime());
        ClientState.REQUESTS.set(heavy, 100);
        clock.advanceSeconds(4);
        heavy.accrue(clock.nanoTime());
        ClientState.REQUESTS.set(heavy, 0);
        flood(1_000);
        assertThat(client(1)).isSameAs(heavy);
        clock.advance(Duration.ofMinutes(2));
        flood(1_000);
        assertThat(client(1)).isNotSameAs(heavy);
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE - 1_000_000_000L, Long.MIN_VALUE, -1})
    void theClockMayBeNegativeAndWrapAround(long start) {
        ManualClock wrapping = new ManualClock(start);
        ClientTable wrapped = new ClientTable(100, wrapping);
        Client known = wrapped.client(Attempts.key(1));
        wrapping.advanceSeconds(5);
        wrapped.sweep();
        assertThat(wrapped.client(Attempts.key(1))).isSameAs(known);
        wrapping.advance(Duration.ofMinutes(11));
        wrapped.sweep();
        assertThat(wrapped.size()).isZero();
    }

    @Test
    void theTopClientsAreTheHeaviestFirst() {
        for (int i = 1; i <= 20; i++) {
            ClientState.REQUESTS.set(client(i), i);
            ClientState.CONNECTIONS.set(client(i), 2);
        }
        clock.advanceSeconds(10);
        assertThat(table.top(3)).extracting(ClientUsage::requests).containsExactly(20, 19, 18);
        assertThat(table.top(3))
                .extracting(usage -> usage.client().toString())
                .containsExactly("10.0.0.20", "10.0.0.19", "10.0.0.18");
        assertThat(table.top(0)).isEmpty();
        assertThat(table.top(-1)).isEmpty();
        assertThat(table.top(1_000)).hasSize(20);
    }

    @Test
    void aClientOfALimitSeesNoMoreInProgressThanItAllows() {
        ClientCountRule rule = new ClientCountRule(Reason.CLIENT_CONCURRENCY, table, Attempt.Kind.REQUEST);
        Attempt attempt = Attempts.request(client(1));
        for (int i = 0; i < 5; i++) {
            rule.tryAcquire(attempt, clock.nanoTime());
        }
        rule.limit(3);
        assertThat(rule.tryAcquire(attempt, clock.nanoTime())).isEqualTo(Rejection.of(Reason.CLIENT_CONCURRENCY));
        for (int i = 0; i < 3; i++) {
            rule.release(attempt, 0, clock.nanoTime(), Outcome.SUCCESS);
        }
        assertThat(rule.tryAcquire(attempt, clock.nanoTime())).isEqualTo(Verdict.pass());
        assertThat(rule.tryAcquire(attempt, clock.nanoTime())).isInstanceOf(Rejection.class);
        rule.limit(ClientCountRule.UNLIMITED);
        assertThat(rule.tryAcquire(attempt, clock.nanoTime())).isEqualTo(Verdict.pass());
        assertThat(client(1).requests()).isEqualTo(4);
    }

    private StandardRules rules() {
        return new StandardRules(
                table,
                Limits.of(Algorithm.FIXED, new LimitParameters(10, 1, 10, Duration.ofMillis(20))),
                10,
                Room.NONE,
                Room.NONE,
                clock);
    }
}
