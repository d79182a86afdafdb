package io.portguard.standard;

import io.portguard.Attempt;
import io.portguard.IpAddress;
import io.portguard.ManualClock;
import io.portguard.Outcome;
import io.portguard.Permit;
import io.portguard.connection.GuardedSocket;
import io.portguard.connection.OpenConnection;
import io.portguard.connection.Phase;
import io.portguard.rule.ScanWatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Guarded ports of one process in virtual time, and what clients do at them. For one thread. */
final class SimulatedPorts {

    private static final long TICK_MILLIS = 5_000;

    private final ManualClock clock = new ManualClock();
    private final List<StandardGuard> guards = new ArrayList<>();
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::atMillis).thenComparingLong(Event::number));
    private long nowMillis;
    private long number;

    private record Event(long atMillis, long number, Runnable what) {}

    SimulatedPorts(int ports, Map<String, String> settings) {
        ScanWatch watch = new ScanWatch();
        for (int port = 0; port < ports; port++) {
            guards.add(StandardGuard.builder("port-" + port)
                    .configure(settings)
                    .clock(clock)
                    .scans(watch)
                    .tickInterval(Duration.ZERO)
                    .build());
        }
    }

    int count() {
        return guards.size();
    }

    /** Does something later, or at once when the time is over. */
    void in(long millis, Runnable what) {
        events.add(new Event(nowMillis + Math.max(0, millis), number++, what));
    }

    long nowMillis() {
        return nowMillis;
    }

    /** Connects; null when it is refused. */
    @Nullable
    Connection connect(String address, int port, boolean tls) {
        StandardGuard guard = guards.get(port);
        IpAddress from = IpAddress.parse(address).orElseThrow();
        Attempt attempt = guard.attempts().ofConnection(from).connection();
        return guard.guard().tryAdmit(attempt) instanceof Permit permit
                ? new Connection(guard, permit, tls ? Phase.HANDSHAKE : Phase.HEADER)
                : null;
    }

    /** Lets time pass until nothing is left to do. */
    void run(long untilMillis) {
        while (nowMillis < untilMillis) {
            long tick = nowMillis + TICK_MILLIS;
            while (!events.isEmpty() && events.peek().atMillis() <= tick) {
                Event next = events.remove();
                pass(next.atMillis());
                next.what().run();
            }
            pass(tick);
            for (StandardGuard guard : guards) {
                guard.guard().tick();
                guard.guard().tickSlowly();
            }
        }
    }

    private void pass(long atMillis) {
        clock.advance(Duration.ofMillis(atMillis - nowMillis));
        nowMillis = atMillis;
    }

    /** Who is banned at any of the ports. */
    Set<String> banned() {
        Set<String> banned = new TreeSet<>();
        guards.forEach(guard -> banned.addAll(guard.bans().keySet()));
        return banned;
    }

    long openConnections() {
        return guards.stream()
                .mapToLong(guard -> guard.connections().size() + guard.status().activeConnections())
                .sum();
    }

    /** A connection as an adapter has it. */
    static final class Connection implements GuardedSocket {

        private final Permit permit;
        private final OpenConnection open;
        private long bytes;
        private boolean closed;

        private Connection(StandardGuard guard, Permit permit, Phase phase) {
            this.permit = permit;
            this.open = guard.connections().add(permit.attempt(), false, this, phase);
        }

        void sends(int count) {
            bytes += count;
        }

        /** A request of the client is served. */
        void request() {
            if (!closed) {
                bytes += 100;
                open.enter(Phase.SERVING);
                open.enter(Phase.IDLE);
            }
        }

        @Override
        public boolean awaitsBody() {
            return false;
        }

        @Override
        public long bytesRead() {
            return bytes;
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                open.closed();
                permit.release(Outcome.SUCCESS);
            }
        }
    }
}
