package io.portguard.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.DecisionCounts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The real slowhttptest, and silent connections, against Reactor Netty, while ordinary clients come on new
 * connections. Small by default; {@code -Dportguard.attack.connections=4000} and {@code
 * -Dportguard.attack.seconds=20} make it what it is meant to be.
 */
class ReactiveSlowAttackTest {

    private static final int CONNECTIONS = Integer.getInteger("portguard.attack.connections", 600);
    private static final int SECONDS = Integer.getInteger("portguard.attack.seconds", 1);
    private static final int WARM_UP = 300;
    private static final boolean LONG = SECONDS >= 15;

    /** Fewer than the attack opens, as a descriptor limit would make it. */
    private static final String FEW = "guard.connections.max=" + CONNECTIONS * 2 / 5;

    /** Those who come before the attack is understood are few of all, unless it is over at once. */
    private static final double LEAST_WITH_DEFAULTS = LONG ? 95 : 75;

    @TempDir
    private Path directory;

    /** Readers that are slow are told from ordinary ones in a few seconds, which a short run does not have. */
    static Stream<String> attacksWithDefaults() {
        return Stream.of(LONG ? "HBRX".split("") : "HBR".split(""));
    }

    @ParameterizedTest
    @MethodSource("attacksWithDefaults")
    void ordinaryClientsAreServedBesideOneAttackingAddressWithDefaultsAlone(String mode) throws Exception {
        Ordinary ordinary = attack(mode, FEW);
        assertThat(ordinary.successPercent()).as(ordinary.toString()).isGreaterThanOrEqualTo(LEAST_WITH_DEFAULTS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"H", "B", "R", "X"})
    void withALimitOfConnectionsForEachClientTheyHardlyNoticeIt(String mode) throws Exception {
        Ordinary ordinary = attack(mode, "guard.connections.max-per-client=20");
        assertThat(ordinary.successPercent()).as(ordinary.toString()).isGreaterThanOrEqualTo(99);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "20"})
    void silentConnectionsShutNobodyOutAndTheirDescriptorsAreBackAfterTheTimeout(String perClient) throws Exception {
        try (GuardedService service = GuardedService.startReactive(
                "guard.connections.request-timeout=2s", "guard.connections.max-per-client=" + perClient)) {
            long before = descriptors();
            List<Socket> silent = new ArrayList<>();
            Ordinary ordinary = new Ordinary(service.port());
            for (int i = 0; i < CONNECTIONS * 5 / 2; i++) {
                silent.add(connect(service.port(), "127.0.0.9"));
                if (i % 50 == 0) {
                    ordinary.ask();
                }
            }
            for (int i = 0; i < 50; i++) {
                ordinary.ask();
            }
            report("silent, of a client at most: " + perClient, ordinary);
            assertThat(ordinary.successPercent()).as(ordinary.toString()).isGreaterThanOrEqualTo(99);
            GuardedService.await(
                    "closed by the server", () -> service.guard().status().activeConnections() == 0);
            for (Socket socket : silent) {
                socket.close();
            }
            GuardedService.await("descriptors are back", () -> descriptors() <= before + 20);
        }
    }

    private Ordinary attack(String mode, String limit) throws Exception {
        try (GuardedService service = GuardedService.startReactive(limit)) {
            new Ordinary(service.port()).warmUp();
            Process attacker = start(service.port(), mode);
            Ordinary ordinary = new Ordinary(service.port());
            try {
                long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
                while (System.nanoTime() - end < 0) {
                    ordinary.ask();
                    if (!attacker.isAlive()) {
                        // It is over when all its connections have been closed, and begins again.
                        attacker = start(service.port(), mode);
                    }
                    LockSupport.parkNanos(Duration.ofMillis(10).toNanos()); // the pace of ordinary clients
                }
            } finally {
                attacker.destroyForcibly().waitFor();
            }
            report(mode + " " + limit, ordinary);
            DecisionCounts connections = service.guard().guard().counts(Attempt.Kind.CONNECTION);
            assertThat(connections.admitted() + connections.rejected() - ordinary.asked - WARM_UP)
                    .as("connections of the attack")
                    .isGreaterThan(CONNECTIONS / 4);
            return ordinary;
        }
    }

    private Process start(int port, String mode) throws IOException {
        String path = switch (mode) {
            case "B" -> "/length";
            case "X" -> "/large";
            default -> "/hello";
        };
        List<String> command = new ArrayList<>(
                List.of("slowhttptest", "-" + mode, "-c", "" + CONNECTIONS, "-r", "" + CONNECTIONS / 2, "-i", "2"));
        command.addAll(List.of("-l", "" + (SECONDS + 60), "-p", "1", "-u", "http://127.0.0.1:" + port + path));
        if (mode.equals("B")) {
            command.addAll(List.of("-t", "POST", "-f", "text/plain"));
        } else if (mode.equals("X")) {
            command.addAll(List.of("-w", "512", "-y", "1024", "-n", "5", "-z", "32", "-k", "3"));
        }
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(Files.createTempFile(directory, "slowhttptest", ".txt")
                            .toFile())
                    .start();
        } catch (IOException notInstalled) {
            System.err.println("** SKIPPED: slowhttptest is not installed, no slow attack was made **");
            Assumptions.abort("slowhttptest is not installed");
            throw notInstalled;
        }
    }

    private static void report(String what, Ordinary ordinary) {
        System.out.println("slow attack on Reactor Netty, " + CONNECTIONS + " connections: " + what + ": " + ordinary);
    }

    private static long descriptors() {
        String[] open = Path.of("/proc/self/fd").toFile().list();
        return open == null ? 0 : open.length;
    }

    private static Socket connect(int port, String from) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
        socket.setSoTimeout(1_000);
        return socket;
    }

    /** Clients that come on a new connection each time, from addresses of their own. */
    private static final class Ordinary {

        private static final byte[] REQUEST =
                "GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

        private final int port;
        private int asked;
        private int served;
        private String lastFailure = "none";

        Ordinary(int port) {
            this.port = port;
        }

        void ask() {
            asked++;
            try (Socket socket = connect(port, "127.0.1." + (1 + asked % 50))) {
                socket.getOutputStream().write(REQUEST);
                String status = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
                if (status.equals("HTTP/1.1 200")) {
                    served++;
                } else {
                    lastFailure = status;
                }
            } catch (IOException failed) {
                lastFailure = failed.toString();
            }
        }

        /** It is no restart that is attacked. */
        void warmUp() {
            while (asked < WARM_UP) {
                ask();
            }
            assertThat(served).isEqualTo(asked);
        }

        double successPercent() {
            return 100.0 * served / asked;
        }

        @Override
        public String toString() {
            return served + " of " + asked + " ordinary requests served, last failure: " + lastFailure;
        }
    }
}
