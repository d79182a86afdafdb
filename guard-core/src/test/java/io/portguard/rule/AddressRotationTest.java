package io.portguard.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.Attempts;
import io.portguard.ClientKey;
import io.portguard.IpAddress;
import io.portguard.ManualClock;
import io.portguard.Outcome;
import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.Verdict;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A hundred times as many addresses as the table has room for, as an attacker with an IPv6 network has them. */
class AddressRotationTest {

    private static final int TRACKED = 10_000;
    private static final int ADDRESSES = 1_000_000;
    private static final int WORST = 100;
    private static final int BURST = 500;

    private final ManualClock clock = new ManualClock();
    private final ClientTable table = new ClientTable(TRACKED, clock);
    private final RateRule rate =
            RateRule.ofClients(Reason.CLIENT_RATE, table, Attempt.Kind.REQUEST, Lenient.penalties(table, clock));
    private final ClientCountRule count = new ClientCountRule(Reason.CLIENT_CONCURRENCY, table, Attempt.Kind.REQUEST);

    private static ClientKey address(int network, long number) {
        return ClientKey.of(IpAddress.of(0x2001_0db8_0000_0000L + ((long) network << 32) + number, 1), 64);
    }

    /** A request that ends at once. */
    private boolean request(ClientKey key) {
        Attempt attempt = Attempts.request(table.client(key));
        if (rate.tryAcquire(attempt, clock.nanoTime()) instanceof Rejection) {
            return false;
        }
        assertThat(count.tryAcquire(attempt, clock.nanoTime())).isEqualTo(Verdict.pass());
        clock.advanceNanos(1_000);
        count.release(attempt, 0, clock.nanoTime(), Outcome.SUCCESS);
        return true;
    }

    @ParameterizedTest
    @ValueSource(longs = {51, 52})
    void theWorstKeepTheirDebtNewcomersAreServedAndTheTableStaysBounded(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        rate.parameters(TokenBucket.of(1, BURST));
        for (int worst = 0; worst < WORST; worst++) {
            while (request(address(1, worst))) {
                clock.advanceNanos(random.nextInt(10));
            }
        }
        long largest = 0;
        for (int i = 0; i < ADDRESSES; i++) {
            // Each is new, and each owes something: one request, or a few.
            for (int requests = 1 + random.nextInt(2); requests > 0; requests--) {
                assertThat(request(address(2, i)))
                        .as("seed %d, newcomer %d", seed, i)
                        .isTrue();
            }
            if (i % 10_000 == 0) {
                table.sweep();
                largest = Math.max(largest, table.size());
            }
        }
        assertThat(largest).isLessThanOrEqualTo(TRACKED);
        int remembered = 0;
        double elapsedAtMost = 10;
        for (int worst = 0; worst < WORST; worst++) {
            int tokens = 0;
            while (tokens < BURST && request(address(1, worst))) {
                tokens++;
            }
            remembered += tokens <= elapsedAtMost ? 1 : 0;
        }
        assertThat(remembered).as("seed %d", seed).isGreaterThanOrEqualTo(99);
    }

    @ParameterizedTest
    @ValueSource(longs = {61})
    void ordinaryClientsThatComeBackAreStillKnown(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int ordinary = TRACKED / 4;
        ClientState[] known = new ClientState[ordinary];
        for (int i = 0; i < ADDRESSES; i++) {
            int client = random.nextInt(ordinary);
            request(address(1, client));
            known[client] = (ClientState) table.client(address(1, client));
            request(address(2, i));
        }
        int forgotten = 0;
        for (ClientState state : known) {
            forgotten += state.isForgotten() ? 1 : 0;
        }
        assertThat(forgotten).as("seed %d", seed).isLessThan(ordinary / 50);
    }
}
