package io.portguard.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.Client;
import io.portguard.ClientKey;
import io.portguard.ManualClock;
import io.portguard.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OpenConnectionsTest {

    private static final ConnectionTimeouts TIMEOUTS = new ConnectionTimeouts(
            Duration.ofSeconds(5).toNanos(),
            Duration.ofSeconds(10).toNanos(),
            Duration.ofSeconds(60).toNanos(),
            0);

    private final ManualClock clock = new ManualClock();
    private final List<Reason> ended = new ArrayList<>();
    private final OpenConnections connections = new OpenConnections(clock, (attempt, reason) -> ended.add(reason));

    @BeforeEach
    void configure() {
        connections.configure(TIMEOUTS, true);
    }

    @Test
    void eachPhaseHasItsTime() {
        Socket handshake = open("a", Phase.HANDSHAKE);
        Socket header = open("b", Phase.HEADER);
        Socket idle = open("c", Phase.IDLE);
        Socket serving = open("d", Phase.SERVING);
        Socket upgraded = open("e", Phase.UPGRADED);
        after(Duration.ofSeconds(5));
        assertThat(handshake.closed).isFalse();
        after(Duration.ofSeconds(1));
        assertThat(handshake.closed).isTrue();
        assertThat(header.closed).isFalse();
        after(Duration.ofSeconds(5));
        assertThat(header.closed).isTrue();
        after(Duration.ofSeconds(48));
        assertThat(idle.closed).isFalse();
        after(Duration.ofSeconds(2));
        assertThat(idle.closed).isTrue();
        after(Duration.ofHours(1));
        assertThat(serving.closed || upgraded.closed).isFalse();
        assertThat(ended).containsOnly(Reason.TIMEOUT).hasSize(3);
        assertThat(connections.size()).isEqualTo(2);
    }

    @Test
    void aPhaseThatIsEnteredAnewBeginsAnew() {
        Socket socket = open("a", Phase.IDLE);
        for (int i = 0; i < 10; i++) {
            after(Duration.ofSeconds(50));
            socket.connection.enter(Phase.SERVING);
            socket.connection.enter(Phase.IDLE);
        }
        assertThat(socket.closed).isFalse();
    }

    @Test
    void aRetunedTimeoutIsInEffectForThoseThatWaitAlready() {
        Socket socket = open("a", Phase.HEADER);
        after(Duration.ofSeconds(2));
        connections.configure(
                new ConnectionTimeouts(
                        TIMEOUTS.handshakeNanos(), Duration.ofMillis(100).toNanos(), TIMEOUTS.idleNanos(), 0),
                true);
        after(Duration.ofMillis(50));
        assertThat(socket.closed).isTrue();
    }

    @Test
    void nothingIsEndedWhileTheGuardDoesNotEnforce() {
        Socket socket = open("a", Phase.HEADER);
        connections.configure(TIMEOUTS, false);
        after(Duration.ofHours(1));
        assertThat(connections.makeRoomFor(attempt("b"), clock.nanoTime())).isFalse();
        assertThat(socket.closed).isFalse();
        assertThat(ended).isEmpty();
    }

    @Test
    void whenThePortDrainsIdleConnectionsEndAndThoseThatServeDoOnceTheyAreIdle() {
        Socket idle = open("a", Phase.IDLE);
        Socket serving = open("b", Phase.SERVING);
        Socket fresh = open("c", Phase.HEADER);
        connections.draining(true);
        after(Duration.ofMillis(50));
        assertThat(idle.closed).isTrue();
        assertThat(serving.closed || fresh.closed).isFalse();
        serving.connection.enter(Phase.IDLE);
        after(Duration.ofMillis(50));
        assertThat(serving.closed).isTrue();
        assertThat(ended).containsOnly(Reason.DRAINING);
    }

    @Test
    void aBodyHasToKeepUpTheLeastRateWhileItIsWaitedFor() {
        connections.configure(new ConnectionTimeouts(1L << 60, 1L << 60, 1L << 60, 100), true);
        Socket slow = open("a", Phase.SERVING);
        Socket fast = open("b", Phase.SERVING);
        Socket notWaitedFor = open("c", Phase.SERVING);
        slow.awaitsBody = true;
        fast.awaitsBody = true;
        for (int i = 0; i < 5; i++) {
            slow.bytesRead += 90;
            fast.bytesRead += 110;
            after(Duration.ofMillis(1_001));
        }
        assertThat(slow.closed).isTrue();
        assertThat(fast.closed || notWaitedFor.closed).isFalse();
    }

    @Test
    void theHeaviestHolderLosesItsOldestFirst() {
        List<Socket> heavy = openSome("heavy", 5);
        List<Socket> middle = openSome("middle", 3);
        Socket light = open("light", Phase.IDLE);
        assertThat(roomFor("new")).isTrue();
        assertThat(heavy.get(0).closed).isTrue();
        assertThat(roomFor("new")).isTrue();
        assertThat(heavy.get(1).closed).isTrue();
        assertThat(middle).noneMatch(socket -> socket.closed);
        assertThat(light.closed).isFalse();
    }

    @Test
    void whoHoldsTheMostFindsNoRoomItself() {
        openSome("heavy", 5);
        openSome("other", 4);
        assertThat(roomFor("heavy")).isFalse();
        assertThat(ended).isEmpty();
    }

    @Test
    void requestsInProgressUpgradedConnectionsAndThoseOfProxiesAreLeftAlone() {
        open("a", Phase.SERVING);
        open("a", Phase.UPGRADED);
        add("proxy", Phase.IDLE, true);
        add("proxy", Phase.HEADER, true);
        assertThat(roomFor("new")).isFalse();
    }

    @Test
    void oneThatHasBegunARequestMeanwhileIsPassedOver() {
        List<Socket> heavy = openSome("heavy", 64);
        assertThat(roomFor("new")).isTrue();
        heavy.get(1).connection.enter(Phase.SERVING);
        assertThat(roomFor("other")).isTrue();
        assertThat(heavy.get(1).closed).isFalse();
        assertThat(heavy.get(2).closed).isTrue();
    }

    /** Whatever comes and goes: a port with a limit admits every newcomer that holds less than another. */
    @Test
    void whoeverHoldsLessThanAnotherFindsRoom() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int limit = 200;
        Map<String, Integer> held = new HashMap<>();
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            clock.advance(Duration.ofMillis(random.nextInt(20)));
            String client = random.nextInt(10) < 7 ? "heavy" : "c" + random.nextInt(100);
            sockets.removeIf(socket -> socket.closed);
            held.clear();
            sockets.forEach(socket -> held.merge(socket.name, 1, Integer::sum));
            int most = held.values().stream().mapToInt(Integer::intValue).max().orElse(0);
            boolean room = sockets.size() < limit || roomFor(client);
            if (sockets.size() >= limit && held.getOrDefault(client, 0) < most - 1) {
                assertThat(room).as("seed %d, step %d", seed, i).isTrue();
            }
            if (room) {
                sockets.add(open(client, Phase.HEADER));
            }
            assertThat(connections.size()).as("seed %d, step %d", seed, i).isLessThanOrEqualTo(limit);
        }
        assertThat(held.get("heavy")).isLessThan(limit / 4);
    }

    @Test
    void ofALargePortASampleIsLookedAt() {
        for (int i = 0; i < 30_000; i++) {
            open(i % 10 == 0 ? "c" + i : "heavy", Phase.HEADER);
        }
        for (int i = 0; i < 2_000; i++) {
            assertThat(roomFor("new" + i)).isTrue();
        }
        assertThat(ended).hasSize(2_000);
        assertThat(heavyClosed).isEqualTo(2_000);
    }

    private int heavyClosed;

    private boolean roomFor(String client) {
        return connections.makeRoomFor(attempt(client), clock.nanoTime());
    }

    private List<Socket> openSome(String client, int count) {
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            clock.advance(Duration.ofMillis(1));
            sockets.add(open(client, i % 2 == 0 ? Phase.IDLE : Phase.HEADER));
        }
        return sockets;
    }

    private Socket open(String client, Phase phase) {
        return add(client, phase, false);
    }

    private Socket add(String client, Phase phase, boolean ofManyClients) {
        Socket socket = new Socket(client);
        socket.connection = connections.add(attempt(client), ofManyClients, socket, phase);
        return socket;
    }

    private void after(Duration time) {
        clock.advance(time);
        connections.sweep(clock.nanoTime());
    }

    private static Attempt attempt(String client) {
        ClientKey key = ClientKey.named(client);
        return Attempt.connection((Client) () -> key, null);
    }

    private final class Socket implements GuardedSocket {

        private final String name;
        private OpenConnection connection;
        private boolean closed;
        private boolean awaitsBody;
        private long bytesRead;

        private Socket(String name) {
            this.name = name;
        }

        @Override
        public boolean awaitsBody() {
            return awaitsBody;
        }

        @Override
        public long bytesRead() {
            return bytesRead;
        }

        @Override
        public void close() {
            assertThat(closed).isFalse();
            closed = true;
            heavyClosed += name.equals("heavy") ? 1 : 0;
            connection.closed();
        }
    }
}
