package io.portguard.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.DecisionCounts;
import io.portguard.servlet.RunningServer.Container;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The real slowhttptest, and silent connections, against real containers, while ordinary clients come on new
 * connections. Small by default; {@code -Dportguard.attack.connections=4000} and {@code
 * -Dportguard.attack.seconds=20} make it what it is meant to be.
 */
@Timeout(600)
class SlowAttackTest {

    private static final int CONNECTIONS = Integer.getInteger("portguard.attack.connections", 600);
    private static final int SECONDS = Integer.getInteger("portguard.attack.seconds", 3);

    /** Fewer than the attack opens, as a descriptor limit would make it. */
    private static final String FEW = String.valueOf(CONNECTIONS * 2 / 5);

    private static final int WARM_UP = 300;

    private static final boolean LONG = SECONDS >= 15;

    private static final byte[] LARGE = new byte[4 << 20];

    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("attacksOnDefaults")
    void ordinaryClientsAreServedBesideOneAttackingAddressWithDefaultsAlone(Container container, String mode)
            throws Exception {
        Ordinary ordinary = attack(container, mode, with().setting("connections.max", FEW));
        assertThat(ordinary.successPercent()).as(ordinary.toString()).isGreaterThanOrEqualTo(95);
    }

    @ParameterizedTest
    @MethodSource("attacksOnLimits")
    void withALimitOfConnectionsForEachClientTheyHardlyNoticeIt(Container container, String mode) throws Exception {
        Ordinary ordinary = attack(container, mode, with().setting("connections.max-per-client", "20"));
        assertThat(ordinary.successPercent()).as(ordinary.toString()).isGreaterThanOrEqualTo(99);
    }

    /** In a short run only the attack that holds connections: the others take a while to be met with defaults. */
    static Stream<Arguments> attacksOnDefaults() {
        return attacks(LONG ? "HBRX" : "H");
    }

    static Stream<Arguments> attacksOnLimits() {
        return attacks(LONG ? "HBRX" : "BX");
    }

    private static Stream<Arguments> attacks(String modes) {
        return Stream.of(Container.values())
                .flatMap(container -> Stream.of(modes.split("")).map(mode -> Arguments.of(container, mode)));
    }

    static Stream<Arguments> silences() {
        return Stream.of(Container.values())
                .flatMap(container -> Stream.of("unset", "20").map(perClient -> Arguments.of(container, perClient)));
    }

    @ParameterizedTest
    @MethodSource("silences")
    void silentConnectionsShutNobodyOutAndTheirDescriptorsAreBackAfterTheTimeout(Container container, String perClient)
            throws Exception {
        int count = CONNECTIONS * 5 / 2;
        try (RunningServer server = container.start(
                with().setting("connections.request-timeout", "3s").setting("connections.max-per-client", perClient))) {
            long before = descriptors();
            List<RawClient> silent = new ArrayList<>();
            Ordinary ordinary = new Ordinary(server.localPort());
            for (int i = 0; i < count; i++) {
                silent.add(new RawClient(server.localPort(), "127.0.0.9"));
                if (i % 50 == 0) {
                    ordinary.ask();
                }
            }
            for (int i = 0; i < 50; i++) {
                ordinary.ask();
            }
            report(container + " silent, at most " + perClient + " of a client", ordinary);
            assertThat(ordinary.successPercent()).as(ordinary.toString()).isGreaterThanOrEqualTo(99);
            Await.until(
                    "all are closed by the server",
                    () -> server.port.connections().size() == 0);
            silent.forEach(RawClient::close);
            Await.until("descriptors are back", () -> descriptors() <= before + 20);
        }
    }

    private static RunningServer.Setup with() {
        return RunningServer.with()
                .servlet(
                        "/read",
                        (request, response) -> response.getWriter()
                                .print(request.getInputStream().readAllBytes().length))
                .servlet(
                        "/large",
                        (request, response) -> response.getOutputStream().write(LARGE));
    }

    private Ordinary attack(Container container, String mode, RunningServer.Setup setup) throws Exception {
        try (RunningServer server = container.start(setup)) {
            new Ordinary(server.localPort()).warmUp();
            Process attacker = start(server.localPort(), mode);
            Ordinary ordinary = new Ordinary(server.localPort());
            try {
                long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
                while (System.nanoTime() - end < 0) {
                    ordinary.ask();
                    if (!attacker.isAlive()) {
                        // It is over when all its connections have been closed, and begins again.
                        attacker = start(server.localPort(), mode);
                    }
                    LockSupport.parkNanos(Duration.ofMillis(10).toNanos()); // the pace of ordinary clients
                }
            } finally {
                attacker.destroyForcibly().waitFor();
            }
            report(container + " " + mode + " " + setup.settings, ordinary);
            DecisionCounts connections = server.port.guard().counts(Attempt.Kind.CONNECTION);
            assertThat(connections.admitted() + connections.rejected() - ordinary.asked - WARM_UP)
                    .as("connections of the attack")
                    .isGreaterThan(CONNECTIONS / 2);
            return ordinary;
        }
    }

    private Process start(int port, String mode) throws IOException {
        String url = "http://127.0.0.1:" + port
                + switch (mode) {
                    case "B" -> "/read";
                    case "X" -> "/large";
                    default -> "/ok";
                };
        List<String> command = new ArrayList<>(
                List.of("slowhttptest", "-" + mode, "-c", "" + CONNECTIONS, "-r", "" + CONNECTIONS / 2, "-i", "2"));
        command.addAll(List.of("-l", "" + (SECONDS + 60), "-p", "1", "-u", url));
        if (mode.equals("X")) {
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
        System.out.println("slow attack, " + CONNECTIONS + " connections: " + what + ": " + ordinary);
    }

    private static long descriptors() {
        String[] open = Path.of("/proc/self/fd").toFile().list();
        return open == null ? 0 : open.length;
    }

    /** Clients that come on a new connection each time, from addresses of their own. */
    private static final class Ordinary {

        private final int port;
        private int asked;
        private int served;
        private final long begunAtNanos = System.nanoTime();
        private final Map<String, Integer> failures = new TreeMap<>();
        private String lastFailure = "none";

        Ordinary(int port) {
            this.port = port;
        }

        void ask() {
            asked++;
            try (RawClient client = new RawClient(port, "127.0.1." + (1 + asked % 50), 1_000)) {
                RawClient.Answer answer = client.get("/ok").read();
                if (answer.status() == 200) {
                    served++;
                } else {
                    failed(answer.body());
                }
            } catch (IOException | RuntimeException failed) {
                failed(failed.toString());
            }
        }

        /** It is no restart that is attacked. */
        void warmUp() {
            while (asked < WARM_UP) {
                ask();
            }
            assertThat(served).isEqualTo(asked);
        }

        private void failed(String why) {
            failures.merge(why, 1, Integer::sum);
            lastFailure = "after " + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begunAtNanos) + " ms";
        }

        double successPercent() {
            return 100.0 * served / asked;
        }

        @Override
        public String toString() {
            return served + " of " + asked + " ordinary requests served, failures: " + failures + ", the last one: "
                    + lastFailure;
        }
    }
}
