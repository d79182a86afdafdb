package io.portguard.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.Client;
import io.portguard.ClientKey;
import io.portguard.ManualClock;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StalledRequestsTest {

    private final ManualClock clock = new ManualClock();
    private final OpenConnections connections = new OpenConnections(clock, (connection, was, reason) -> {});

    @BeforeEach
    void enforce() {
        connections.configure(ConnectionTimeouts.NONE, true);
    }

    @Test
    void oneOfEachClientIsLeftAloneAndNeedsNoPlace() {
        stall("a", 1);
        stall("b", 1);
        assertThat(connections.setAside(clock.nanoTime()))
                .as("nobody has been refused")
                .isZero();
        assertThat(placeFor("c")).isFalse();
        assertThat(connections.setAside(clock.nanoTime())).isEqualTo(2);
        assertThat(connections.size()).isEqualTo(2);
    }

    @Test
    void thatThereIsNoneIsKnownForATenthOfASecond() {
        assertThat(hasNothing()).as("nobody has looked").isFalse();
        placeFor("c");
        assertThat(hasNothing()).isTrue();
        stall("a", 1); // which takes that long
        assertThat(hasNothing()).isFalse();
        placeFor("c");
        assertThat(hasNothing()).as("there is one that is left alone").isFalse();
    }

    @Test
    void thatIsForgottenWhenNobodyIsRefusedAnyMore() {
        stall("a", 1);
        placeFor("c");
        clock.advance(Duration.ofSeconds(1));
        assertThat(connections.setAside(clock.nanoTime())).isZero();
    }

    @Test
    void someClientsAtMostAreLeftAloneSo() {
        for (int i = 0; i < 100; i++) {
            stall("c" + i, 1);
        }
        placeFor("new");
        assertThat(connections.setAside(clock.nanoTime())).isEqualTo(32);
    }

    @Test
    void whoHoldsHalfOfAllPlacesWithStalledRequestsGetsNoMoreForAWhile() {
        stall("attacker", 4);
        stall("slow", 1);
        assertThat(isKeptOut("attacker", 5)).as("nobody has been refused").isFalse();
        assertThat(placeFor("ordinary")).isTrue();
        assertThat(isKeptOut("attacker", 5)).isTrue();
        assertThat(isKeptOut("attacker", 8)).isTrue();
        assertThat(isKeptOut("attacker", 9)).as("more than half are others'").isFalse();
        assertThat(isKeptOut("slow", 1)).isFalse();
        assertThat(isKeptOut("ordinary", 1)).isFalse();
        clock.advance(Duration.ofSeconds(2));
        assertThat(isKeptOut("attacker", 5)).isFalse();
    }

    @Test
    void aSingleSlowRequestKeepsItsClientFromNothing() {
        stall("slow", 1);
        placeFor("other");
        assertThat(isKeptOut("slow", 1)).isFalse();
    }

    @Test
    void nobodyIsKeptOutWhileTheGuardDoesNotEnforce() {
        stall("attacker", 4);
        placeFor("ordinary");
        connections.configure(ConnectionTimeouts.NONE, false);
        assertThat(isKeptOut("attacker", 4)).isFalse();
        assertThat(connections.setAside(clock.nanoTime())).isZero();
    }

    private void stall(String client, int requests) {
        for (int i = 0; i < requests; i++) {
            Unread socket = new Unread();
            socket.connection = connections.add(attempt(client), false, socket, Phase.SERVING);
        }
        clock.advance(Duration.ofMillis(101));
    }

    private boolean placeFor(String client) {
        return connections.makePlaceFor(attempt(client), clock.nanoTime());
    }

    private boolean hasNothing() {
        return connections.hasNothingStalled(clock.nanoTime());
    }

    private boolean isKeptOut(String client, int inFlight) {
        return connections.isKeptOut(attempt(client), inFlight, clock.nanoTime());
    }

    private static Attempt attempt(String client) {
        ClientKey key = ClientKey.named(client);
        return Attempt.connection((Client) () -> key, null);
    }

    /** A connection whose peer does not read its answer. */
    private static final class Unread implements GuardedSocket {

        private OpenConnection connection;

        @Override
        public boolean awaitsBody() {
            return false;
        }

        @Override
        public boolean awaitsReader() {
            return true;
        }

        @Override
        public long bytesRead() {
            return 1;
        }

        @Override
        public void close() {
            connection.closed();
        }
    }
}
