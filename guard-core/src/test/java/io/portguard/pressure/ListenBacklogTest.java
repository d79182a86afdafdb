package io.portguard.pressure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenBacklogTest {

    private static final String HEADER =
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
    private static final String REST = " 00:00000000 00000000     0        0 1679 1 00000000483ffba1 100 0 0 10 0\n";

    @TempDir
    private Path proc;

    private static String line(int number, int port, String state, int waiting) {
        return String.format("%4d: 00000000:%04X 00000000:0000 %s 00000000:%08X", number, port, state, waiting) + REST;
    }

    private ListenBacklog backlog(String tcp) throws IOException {
        Files.createDirectories(proc.resolve("net"));
        Files.writeString(proc.resolve("net/tcp"), tcp);
        return new ListenBacklog(proc);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void itSeesTheConnectionsThatWaitAtARealPort() throws IOException {
        List<Socket> clients = new ArrayList<>();
        try (ServerSocket server = new ServerSocket(0, 4, InetAddress.getLoopbackAddress())) {
            ListenBacklog backlog = new ListenBacklog();
            backlog.watch(server.getLocalPort(), 4);
            assertThat(backlog.sample(0)).isZero();
            for (int waiting = 1; waiting <= 4; waiting++) {
                clients.add(new Socket(server.getInetAddress(), server.getLocalPort()));
                assertThat(backlog.sample(0)).isEqualTo(waiting / 4.0);
                assertThat(backlog.depth()).isEqualTo(waiting);
            }
            assertThat(backlog.capacity()).isEqualTo(4);
            server.accept().close();
            assertThat(backlog.sample(0)).isEqualTo(0.75);
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aConnectionThatFindsTheQueueFullIsCountedByTheKernel() throws IOException {
        List<SocketChannel> clients = new ArrayList<>();
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ListenBacklog backlog = new ListenBacklog();
            backlog.watch(server.getLocalPort(), 1);
            NetworkCounters counters = new NetworkCounters();
            long before = counters.listenOverflows();
            for (int i = 0; i < 8; i++) {
                SocketChannel client = SocketChannel.open();
                client.configureBlocking(false);
                client.connect(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()));
                clients.add(client);
            }
            assertThat(backlog.sample(0)).isGreaterThanOrEqualTo(1);
            assertThat(counters.listenOverflows()).isGreaterThan(before);
        } finally {
            for (SocketChannel client : clients) {
                client.close();
            }
        }
    }

    @Test
    void untilItWatchesAPortItIsAbsent() throws IOException {
        ListenBacklog backlog = backlog(HEADER + line(0, 8080, "0A", 3));
        assertThat(backlog.sample(0)).isNaN();
        assertThat(backlog.depth()).isEqualTo(-1);
        assertThat(backlog.capacity()).isEqualTo(-1);
        assertThat(backlog.name()).isEqualTo("backlog");
    }

    @Test
    void allSocketsThatListenOnThePortCountOfBothFamilies() throws IOException {
        ListenBacklog backlog =
                backlog(HEADER + line(0, 8080, "0A", 3) + line(1, 8081, "0A", 50) + line(2, 8080, "0A", 0x10));
        Files.writeString(
                proc.resolve("net/tcp6"),
                HEADER
                        + "   0: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000005"
                        + REST);
        backlog.watch(8080, 100);
        assertThat(backlog.sample(0)).isEqualTo(0.24);
        assertThat(backlog.depth()).isEqualTo(24);
    }

    @Test
    void itReadsNoFurtherThanTheFirstSocketThatDoesNotListen() throws IOException {
        ListenBacklog backlog =
                backlog(HEADER + line(0, 8080, "0A", 3) + line(1, 8080, "01", 1_000) + "garbage \u0000");
        backlog.watch(8080, 10);
        assertThat(backlog.sample(0)).isEqualTo(0.3);
    }

    @Test
    void theKernelsOwnLimitIsTakenIntoAccount() throws IOException {
        ListenBacklog backlog = backlog(HEADER + line(0, 8080, "0A", 64));
        Files.createDirectories(proc.resolve("sys/net/core"));
        Files.writeString(proc.resolve("sys/net/core/somaxconn"), "128\n");
        backlog.watch(8080, 1_000);
        assertThat(backlog.capacity()).isEqualTo(128);
        assertThat(backlog.sample(0)).isEqualTo(0.5);
        Files.writeString(proc.resolve("sys/net/core/somaxconn"), "garbage");
        backlog.watch(8080, 1_000);
        assertThat(backlog.capacity()).isEqualTo(1_000);
    }

    @Test
    void whereThereIsNoProcItIsAbsent() {
        ListenBacklog backlog = new ListenBacklog(proc.resolve("none"));
        backlog.watch(8080, 10);
        assertThat(backlog.sample(0)).isNaN();
        assertThat(backlog.depth()).isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n\n\n",
                "header\ngarbage",
                "header\n0: a b 0A",
                "header\n0: x:1F90 y:0 0A nothing\n",
                "header\n0: x:1F90 y:0 0A 0:zz rest\n",
                "header\n0: x:1F90 y:0 0A 0:FFFFFFFFFFFFFFFFFFFF rest\n",
                "header\n\u0000\u0001\u0002\u00ff"
            })
    void garbageIsNoPressure(String garbage) throws IOException {
        ListenBacklog backlog = backlog(garbage);
        backlog.watch(8080, 10);
        double pressure = backlog.sample(0);
        assertThat(Double.isNaN(pressure) || pressure == 0).isTrue();
        assertThat(backlog.depth()).isLessThanOrEqualTo(0);
    }

    @Test
    void whatCannotBeReadIsAbsent() throws IOException {
        Files.createDirectories(proc.resolve("net/tcp"));
        ListenBacklog backlog = new ListenBacklog(proc);
        backlog.watch(8080, 10);
        assertThat(backlog.sample(0)).isNaN();
        assertThat(backlog.depth()).isEqualTo(-1);
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "65536, 1", "-1, 1", "80, 0", "80, -1"})
    void aPortOrABacklogOutsideOfItsRangeIsRefused(int port, int capacity) {
        ListenBacklog backlog = new ListenBacklog(proc);
        assertThatThrownBy(() -> backlog.watch(port, capacity))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("port: " + port + ", backlog: " + capacity
                        + " (expected: a port from 1 to 65535 and a backlog above 0)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "TcpExt: A B\n",
                "TcpExt: A B\nTcpExt: 1 2\n",
                "TcpExt: ListenOverflows\nTcpExt: x\n",
                "IpExt: ListenOverflows\nIpExt: 5\n",
                "TcpExt: A ListenOverflows\nTcpExt: 1\n"
            })
    void withoutTheCounterItIsUnknown(String netstat) throws IOException {
        Path file = proc.resolve("netstat");
        Files.writeString(file, netstat);
        assertThat(new NetworkCounters(file).listenOverflows()).isEqualTo(-1);
    }

    @Test
    void theCounterIsFoundByItsName() throws IOException {
        Path file = proc.resolve("netstat");
        Files.writeString(
                file, "IpExt: A\nIpExt: 9\nTcpExt: SyncookiesSent ListenOverflows ListenDrops\nTcpExt: 1 17 18\n");
        assertThat(new NetworkCounters(file).listenOverflows()).isEqualTo(17);
        assertThat(new NetworkCounters(proc.resolve("missing")).listenOverflows())
                .isEqualTo(-1);
    }
}
