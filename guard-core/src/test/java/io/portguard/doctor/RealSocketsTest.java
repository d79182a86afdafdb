package io.portguard.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.proc.Proc;
import io.portguard.proc.TcpState;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What the doctor finds at real ports of this process. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class RealSocketsTest {

    private static final long SELF = ProcessHandle.current().pid();

    private final List<Closeable> opened = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        Collections.reverse(opened);
        for (Closeable each : opened) {
            each.close();
        }
    }

    private <T extends Closeable> T closing(T resource) {
        opened.add(resource);
        return resource;
    }

    private ServerSocket server(int backlog) throws IOException {
        return closing(new ServerSocket(0, backlog, InetAddress.getLoopbackAddress()));
    }

    private Socket connect(ServerSocket server) throws IOException {
        return closing(new Socket(server.getInetAddress(), server.getLocalPort()));
    }

    private SocketChannel connectWithoutWaiting(ServerSocket server) throws IOException {
        SocketChannel client = closing(SocketChannel.open());
        client.configureBlocking(false);
        client.connect(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()));
        return client;
    }

    private static Diagnosis diagnose(Subject subject, Runnable meanwhile) {
        try {
            return new Doctor(Proc.ofThisSystem(), meanwhile, Map::of).diagnose(subject);
        } catch (CannotLookException e) {
            throw new AssertionError(e);
        }
    }

    private static Diagnosis diagnose(ServerSocket server) {
        return diagnose(Subject.of(Set.of(server.getLocalPort()), SELF), () -> {});
    }

    private static Sockets sockets(int port) {
        try {
            return Sockets.read(Proc.ofThisSystem(), Set.of(port));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }

    private static Finding found(Diagnosis diagnosis, String id) {
        assertThat(diagnosis.findings()).extracting(Finding::id).contains(id);
        return diagnosis.findings().stream()
                .filter(finding -> finding.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void connectionsThatTheServerNeverCloses() throws IOException {
        ServerSocket server = server(50);
        for (int i = 0; i < 120; i++) {
            Socket client = connect(server);
            closing(server.accept());
            client.close();
        }
        await(() -> sockets(server.getLocalPort()).count(TcpState.CLOSE_WAIT) == 120);
        Finding finding = found(diagnose(server), "close-wait");
        assertThat(finding.severity()).isNotEqualTo(Severity.NOTE);
        assertThat(finding.seen()).startsWith("120 connections are in CLOSE_WAIT");
    }

    @Test
    void connectionsThatTheServerClosesFirst() throws IOException {
        ServerSocket server = server(50);
        for (int i = 0; i < 1_010; i++) {
            try (Socket client = new Socket(server.getInetAddress(), server.getLocalPort())) {
                server.accept().close();
                assertThat(client.getInputStream().read()).isEqualTo(-1);
            }
        }
        await(() -> sockets(server.getLocalPort()).count(TcpState.TIME_WAIT) >= 1_000);
        assertThat(found(diagnose(server), "time-wait").seen()).contains(" are in TIME_WAIT");
    }

    @Test
    void aQueueThatIsFullAndOverflows() throws IOException {
        ServerSocket server = server(2);
        for (int i = 0; i < 3; i++) {
            connect(server);
        }
        int port = server.getLocalPort();
        Subject subject = Subject.of(Set.of(port), SELF).withCapacities(Map.of(port, 2));
        assertThat(found(diagnose(subject, () -> {}), "backlog-full").seen())
                .isEqualTo("The accept queue of port " + port + " is full: 3 connections wait, it holds 2.");
        Diagnosis overflowing = diagnose(subject, () -> {
            try {
                for (int i = 0; i < 5; i++) {
                    connectWithoutWaiting(server);
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        assertThat(found(overflowing, "backlog-overflowing").severity()).isEqualTo(Severity.CRITICAL);
        assertThat(overflowing.isSound()).isFalse();
    }

    @Test
    void aPortThatThisProcessTookFromAnother() throws IOException {
        ServerSocket server = server(1);
        Process other = new ProcessBuilder("sleep", "60").start();
        try {
            Diagnosis diagnosis = diagnose(Subject.of(Set.of(server.getLocalPort()), other.pid()), () -> {});
            assertThat(found(diagnosis, "port-taken").seen())
                    .startsWith("Port " + server.getLocalPort() + " is taken: 127.0.0.1:" + server.getLocalPort()
                            + " process " + SELF + " (java ");
        } finally {
            other.destroyForcibly();
        }
    }

    @Test
    void anotherPortThatNobodyDeclared() throws IOException {
        ServerSocket server = server(1);
        ServerSocket undeclared = server(1);
        assertThat(found(diagnose(server), "undeclared-listener").seen())
                .contains("127.0.0.1:" + undeclared.getLocalPort());
        assertThat(found(diagnose(server), "ephemeral-overlap").severity()).isEqualTo(Severity.WARNING);
    }

    @Test
    void quietConnectionsOfOneClientWithoutKeepalive() throws IOException {
        ServerSocket server = server(250);
        for (int i = 0; i < 200; i++) {
            connect(server);
            closing(server.accept());
        }
        Diagnosis diagnosis = diagnose(server);
        assertThat(found(diagnosis, "one-client").seen())
                .isEqualTo("200 of the 200 connections of port " + server.getLocalPort() + " come from 127.0.0.1.");
        assertThat(found(diagnosis, "no-keepalive").seen()).startsWith("200 of 200 quiet connections");
    }

    @Test
    void connectionsWithKeepaliveHaveItsTimer() throws IOException {
        ServerSocket server = server(50);
        for (int i = 0; i < 20; i++) {
            connect(server);
            closing(server.accept()).setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        }
        assertThat(sockets(server.getLocalPort()).idle()).isEqualTo(20);
        assertThat(sockets(server.getLocalPort()).idleWithoutKeepalive()).isZero();
        assertThat(diagnose(server).findings()).extracting(Finding::id).doesNotContain("no-keepalive");
    }

    @Test
    void socketsThatWereNeverConnected() throws IOException {
        ServerSocket server = server(1);
        Diagnosis growing = diagnose(Subject.of(Set.of(server.getLocalPort()), SELF), () -> {
            try {
                for (int i = 0; i < 120; i++) {
                    closing(SocketChannel.open());
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        found(growing, "descriptor-growth");
        assertThat(found(diagnose(server), "leaked-sockets").seen())
                .isEqualTo("120 sockets of the process are neither connected nor listening.");
    }

    @Test
    void aProcessInANetworkNamespaceOfItsOwn() throws Exception {
        Process other = new ProcessBuilder(
                        "unshare",
                        "--net",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        Path.of(ListeningProcess.class
                                        .getProtectionDomain()
                                        .getCodeSource()
                                        .getLocation()
                                        .toURI())
                                .toString(),
                        ListeningProcess.class.getName())
                .redirectErrorStream(true)
                .start();
        try {
            String line = other.inputReader(StandardCharsets.UTF_8).readLine();
            boolean listens = line != null && line.matches("[0-9]+");
            if (!listens) {
                System.err.println("SKIPPED: no network namespace may be made here (unshare --net): " + line);
            }
            Assumptions.assumeTrue(listens, "unshare --net does not work here");
            int port = Integer.parseInt(line);
            assertThat(sockets(port).listeners()).extracting(Listener::port).doesNotContain(port);
            Diagnosis diagnosis = diagnose(Subject.of(Set.of(port), other.pid()), () -> {});
            assertThat(diagnosis.text()).contains(":" + port + " process " + other.pid() + " (java");
            assertThat(diagnosis.unseen()).singleElement().asString().contains("nsenter -t " + other.pid() + " -n");
        } finally {
            other.destroyForcibly();
        }
    }

    @Test
    void theFiguresAreThoseOfSs() throws Exception {
        Map<Integer, Integer> capacities = SocketStatistics.capacities();
        if (capacities.isEmpty()) {
            System.err.println("SKIPPED: no ss (iproute2) here to compare the doctor's figures with");
        }
        Assumptions.assumeFalse(capacities.isEmpty(), "ss is not installed");
        ServerSocket server = server(7);
        for (int i = 0; i < 3; i++) {
            connect(server);
        }
        for (int i = 0; i < 4; i++) {
            Socket client = connect(server);
            closing(server.accept());
            if (i % 2 == 0) {
                client.close();
            }
        }
        int port = server.getLocalPort();
        await(() ->
                sockets(port).count(TcpState.CLOSE_WAIT) > 0 && sockets(port).waiting(port) == 3);

        Map<String, Integer> states = new HashMap<>();
        int waiting = -1;
        Process ss = new ProcessBuilder("ss", "-Htan", "sport = :" + port)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        for (String line : new String(ss.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1)
                .lines()
                .toList()) {
            String[] columns = line.trim().split("\\s+", 3);
            if (columns[0].equals("LISTEN")) {
                waiting = Integer.parseInt(columns[1]);
            } else {
                states.merge(columns[0], 1, Integer::sum);
            }
        }
        assertThat((long) waiting).isEqualTo(sockets(port).waiting(port));
        assertThat(states.get("ESTAB")).isEqualTo(sockets(port).count(TcpState.ESTABLISHED));
        assertThat(states.get("CLOSE-WAIT")).isEqualTo(sockets(port).count(TcpState.CLOSE_WAIT));
        assertThat(SocketStatistics.capacities()).containsEntry(port, 7);
    }
}
