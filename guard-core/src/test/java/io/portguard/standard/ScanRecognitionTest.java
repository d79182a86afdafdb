package io.portguard.standard;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.standard.SimulatedPorts.Connection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A thousand scans among a hundred thousand ordinary clients of five guarded ports, in virtual time: who is banned for
 * a scan are the scanners, and nobody else.
 */
class ScanRecognitionTest {

    private static final int PORTS = 5;
    private static final int SCANS = 1_000;
    private static final int CLIENTS = 100_000;
    private static final int PROBES = 500;
    private static final int KINDS = 13;

    /** One of so many that might keep a pool of connections to all ports does. */
    private static final int POOLS = 10;

    private static final int LASTS_MILLIS = 900_000;
    private static final int SECOND = 1_000;

    private final SimulatedPorts ports = new SimulatedPorts(
            PORTS,
            Map.of(
                    "penalties.ban-at", "100",
                    "penalties.ban-time", "1h",
                    "penalties.weights", "scan=100",
                    "shedding.enabled", "false",
                    "connections.max", "1000000"));
    private final Set<String> scanners = new TreeSet<>();
    private SplittableRandom random = new SplittableRandom();

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void scannersAreRecognisedAndNobodyElseIs(long seed) {
        random = new SplittableRandom(seed);
        for (int i = 0; i < CLIENTS; i++) {
            int kind = random.nextInt(KINDS);
            // The first byte tells a false alarm's kind.
            String address = (i < PROBES ? 9 : 10 + kind) + "." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255);
            Consumer<String> client = i < PROBES ? probe(i) : ordinary(kind);
            ports.in(random.nextInt(LASTS_MILLIS * 3 / 4), () -> client.accept(address));
        }
        for (int i = 0; i < SCANS; i++) {
            String address = "192.0." + (i >> 8) + "." + (i & 255);
            scanners.add(address);
            Consumer<String> scan = scan(i);
            ports.in(random.nextInt(LASTS_MILLIS * 3 / 4), () -> scan.accept(address));
        }
        ports.run(LASTS_MILLIS);
        Set<String> falseAlarms = new TreeSet<>(ports.banned());
        falseAlarms.removeAll(scanners);
        assertThat(falseAlarms).as("seed %d: false alarms", seed).isEmpty();
        assertThat(ports.banned())
                .as("seed %d: recognised of %d", seed, SCANS)
                .hasSizeGreaterThanOrEqualTo(SCANS * 998 / 1_000);
        ports.run(LASTS_MILLIS + 70 * SECOND);
        assertThat(ports.openConnections()).isZero();
    }

    /**
     * Load balancers and monitors, which open and close connections to all ports without a word, or say hello only, or ask
     * for a page as well.
     */
    private Consumer<String> probe(int i) {
        boolean asks = i % 6 == 1;
        int interval = (i % 10 == 0 ? 60 : 1 + random.nextInt(30)) * SECOND;
        int hello = i % 4 == 0 ? 230 : 0;
        boolean oneAfterTheOther = i % 5 == 0;
        int processes = i % 7 == 0 ? 2 : 1;
        // One that is switched off has come some times before, or it would be no health check.
        int lasts = i % 3 == 0 ? interval * (5 + random.nextInt(20)) : LASTS_MILLIS;
        return address -> {
            long untilMillis = Math.min(LASTS_MILLIS, ports.nowMillis() + lasts);
            for (int process = 0; process < processes; process++) {
                for (int port = 0; port < PORTS; port++) {
                    int at = port;
                    ports.in(
                            oneAfterTheOther ? port * 20 : random.nextInt(interval),
                            () -> probe(address, at, interval, hello, untilMillis));
                    if (asks) {
                        ports.in(random.nextInt(interval), () -> asksAgain(address, at, interval, untilMillis));
                    }
                }
            }
        };
    }

    private void probe(String address, int port, int interval, int hello, long untilMillis) {
        open(address, port, hello > 0, hello, random.nextInt(10));
        if (ports.nowMillis() < untilMillis) {
            int jitter = random.nextInt(interval / 10) - interval / 20;
            ports.in(interval + jitter, () -> probe(address, port, interval, hello, untilMillis));
        }
    }

    private void asksAgain(String address, int port, int interval, long untilMillis) {
        page(address, port);
        if (ports.nowMillis() < untilMillis) {
            ports.in(interval, () -> asksAgain(address, port, interval, untilMillis));
        }
    }

    /**
     * What clients of the storm do, browsers, those with bad networks and those with bad certificates, and those that keep
     * connections and do not use them.
     */
    private Consumer<String> ordinary(int kind) {
        return switch (kind) {
            case 0, 1, 2 -> this::browses;
            case 3 -> this::givesUp;
            case 4 -> this::failsHandshakes;
            case 5 -> this::keepsSilent;
            case 6 -> random.nextInt(POOLS) == 0 ? this::keepsPools : this::asks;
            case 7 -> random.nextInt(POOLS) == 0 ? this::needsItsPoolLater : this::asks;
            default -> this::asks;
        };
    }

    private void asks(String address) {
        Connection connection = ports.connect(address, random.nextInt(PORTS), false);
        for (int i = random.nextInt(5); i >= 0 && connection != null; i--) {
            ports.in(random.nextInt(30 * SECOND), connection::request);
        }
        closeIn(31 * SECOND, connection);
    }

    /** Opens more connections than it uses to some of the ports, and closes the spare ones after its requests. */
    private void browses(String address) {
        for (int port : some(1 + random.nextInt(PORTS))) {
            Connection used = ports.connect(address, port, true);
            for (int spare = random.nextInt(4); spare > 0; spare--) {
                open(address, port, true, random.nextBoolean() ? 500 : 0, 2_500 + random.nextInt(20 * SECOND));
            }
            if (used != null) {
                ports.in(random.nextInt(2 * SECOND), used::request);
                closeIn(2 * SECOND + random.nextInt(60 * SECOND), used);
            }
        }
    }

    /** Loses its patience or its network in the midst of the header, or before, and comes again. */
    private void givesUp(String address) {
        int port = random.nextInt(PORTS);
        for (int tries = 1 + random.nextInt(6); tries > 0; tries--) {
            ports.in(
                    (long) tries * SECOND,
                    () -> open(address, port, false, random.nextInt(80), random.nextInt(20 * SECOND)));
        }
    }

    private void failsHandshakes(String address) {
        int port = random.nextInt(PORTS - 1);
        for (int tries = 1 + random.nextInt(20); tries > 0; tries--) {
            int at = port + tries % 2;
            ports.in(
                    random.nextInt(tries * SECOND),
                    () -> open(address, at, true, 200 + random.nextInt(100), random.nextInt(500)));
        }
    }

    /** Opens connections to a port or two, and has nothing to say before the guard loses its patience. */
    private void keepsSilent(String address) {
        for (int port : some(1 + random.nextInt(2))) {
            for (int count = 1 + random.nextInt(6); count > 0; count--) {
                open(address, port, random.nextBoolean(), 0, 30 * SECOND);
            }
        }
    }

    /** Keeps connections to all ports ready, opens others for those that it has lost, and may need one in the end. */
    private void keepsPools(String address) {
        int size = 1 + random.nextInt(5);
        int rests = SECOND + random.nextInt(20 * SECOND);
        boolean needsOne = random.nextBoolean();
        long untilMillis = ports.nowMillis() + 200 * SECOND;
        for (int port = 0; port < PORTS; port++) {
            for (int i = 0; i < size; i++) {
                keepsReady(address, port, rests, needsOne, untilMillis);
            }
        }
    }

    /** Opens connections before it has a use for them and loses them, and goes on using others. */
    private void needsItsPoolLater(String address) {
        int afterMillis = 11 * SECOND + random.nextInt(60 * SECOND);
        for (int port = 0; port < PORTS; port++) {
            int at = port;
            open(address, port, false, 0, 30 * SECOND);
            ports.in(afterMillis, () -> goesOnAsking(ports.connect(address, at, false)));
        }
    }

    private void goesOnAsking(Connection connection) {
        if (connection != null && ports.nowMillis() < LASTS_MILLIS - 30 * SECOND) {
            connection.request();
            ports.in(1 + random.nextInt(20 * SECOND), () -> goesOnAsking(connection));
        }
    }

    private void keepsReady(String address, int port, int rests, boolean needsOne, long untilMillis) {
        open(address, port, false, 0, 30 * SECOND);
        if (ports.nowMillis() < untilMillis) {
            ports.in(10 * SECOND + rests, () -> keepsReady(address, port, rests, needsOne, untilMillis));
        } else if (needsOne) {
            page(address, port);
        }
    }

    private Consumer<String> scan(int i) {
        List<Integer> tried = some(3 + random.nextInt(PORTS - 2));
        int between = new int[] {0, 5, 400, 10 * SECOND}[random.nextInt(4)];
        return switch (i % 5) {
            // nmap -sT
            case 0 -> address -> each(tried, between, port -> open(address, port, false, 0, random.nextInt(5)));
            // Waits for a banner, until the guard loses its patience.
            case 1 -> address -> each(tried, between, port -> open(address, port, false, 0, 30 * SECOND));
            // nmap -sT -sV: looks whether it is open, listens, says what it can think of, and asks for a page.
            case 2 ->
                address -> {
                    each(tried, between, port -> open(address, port, false, 0, random.nextInt(5)));
                    each(tried, between, port -> version(address, port));
                };
            // nmap -sV: whether ports are open it sees without a connection.
            case 3 -> address -> each(tried, between, port -> version(address, port));
            // In a loop.
            default ->
                address -> IntStream.range(0, 1_000)
                        .forEach(again ->
                                ports.in(again * 150L, () -> each(tried, 5, port -> open(address, port, false, 0, 1))));
        };
    }

    private void each(List<Integer> tried, int between, Consumer<Integer> what) {
        for (int i = 0; i < tried.size(); i++) {
            int port = tried.get(i);
            ports.in(i * (long) between, () -> what.accept(port));
        }
    }

    private void version(String address, int port) {
        int[] lengths = {4, 18, 22, 32};
        ports.in(6 * SECOND, () -> open(address, port, false, lengths[0], 5 * SECOND));
        if (port % 2 == 0) {
            // What it asks may be seen before the end of the connection on which it has listened.
            ports.in(11 * SECOND - 5 + random.nextInt(100), () -> page(address, port));
        } else {
            for (int i = 1; i < lengths.length; i++) {
                int length = lengths[i];
                ports.in((6 + 5L * i) * SECOND, () -> open(address, port, true, length, 5 * SECOND));
            }
        }
    }

    private void page(String address, int port) {
        Connection connection = ports.connect(address, port, false);
        if (connection != null) {
            connection.request();
            closeIn(10, connection);
        }
    }

    private void open(String address, int port, boolean tls, int bytes, int forMillis) {
        Connection connection = ports.connect(address, port, tls);
        if (connection != null) {
            connection.sends(bytes);
            closeIn(forMillis, connection);
        }
    }

    private void closeIn(int millis, Connection connection) {
        if (connection != null) {
            ports.in(millis, connection::close);
        }
    }

    private List<Integer> some(int count) {
        List<Integer> all = IntStream.range(0, PORTS).boxed().collect(Collectors.toList());
        for (int i = all.size() - 1; i > 0; i--) {
            Collections.swap(all, i, random.nextInt(i + 1));
        }
        return List.copyOf(all.subList(0, count));
    }
}
