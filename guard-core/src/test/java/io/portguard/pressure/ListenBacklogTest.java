package io.portguard.pressure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portguard.proc.Proc;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenBacklogTest {

    private static final String HEADER =
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
    private static final String REST = " 00:00000000 00000000     0        0 1679 1 00000000483ffba1 100 0 0 10 0\n";

    private static final byte[] LOOPBACK = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

    @TempDir
    private Path proc;

    private static String line(int number, int port, String state, int waiting) {
        return String.format("%4d: 00000000:%04X 00000000:0000 %s 00000000:%08X", number, port, state, waiting) + REST;
    }

    private ListenBacklog backlog(String tcp) throws IOException {
        Files.createDirectories(proc.resolve("net"));
        Files.writeString(proc.resolve("net/tcp"), tcp);
        return new ListenBacklog(Proc.at(proc));
    }

    /** What stands: a sample counts when the next one says so too. */
    private static double standing(ListenBacklog backlog) throws IOException {
        backlog.sample(0);
        return backlog.sample(0);
    }

    private static Stream<Arguments> realServers() throws IOException {
        return Stream.of(
                Arguments.of(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), StandardProtocolFamily.INET),
                Arguments.of(InetAddress.getByAddress(LOOPBACK), StandardProtocolFamily.INET6),
                Arguments.of(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), StandardProtocolFamily.INET6));
    }

    @ParameterizedTest
    @EnabledOnOs(OS.LINUX)
    @MethodSource("realServers")
    void itSeesTheConnectionsThatWaitAtARealPort(InetAddress address, ProtocolFamily family) throws IOException {
        List<Socket> clients = new ArrayList<>();
        try (ServerSocketChannel server = ServerSocketChannel.open(family)) {
            server.bind(new InetSocketAddress(family == StandardProtocolFamily.INET ? address : anyLocal(), 0), 4);
            int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
            ListenBacklog backlog = new ListenBacklog();
            backlog.watch(port, 4);
            assertThat(standing(backlog)).isZero();
            for (int waiting = 1; waiting <= 4; waiting++) {
                clients.add(new Socket(address, port));
                assertThat(standing(backlog)).isEqualTo(waiting / 4.0);
                assertThat(backlog.depth()).isEqualTo(waiting);
            }
            assertThat(backlog.capacity()).isEqualTo(4);
            assertThat(backlog.sockets()).isOne();
            server.accept().close();
            assertThat(standing(backlog)).isEqualTo(0.75);
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    private static InetAddress anyLocal() throws IOException {
        return InetAddress.getByAddress(new byte[16]);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void ofSeveralSocketsOnARealPortTheFullestCounts() throws IOException {
        List<Socket> clients = new ArrayList<>();
        try (ServerSocketChannel one = ServerSocketChannel.open();
                ServerSocketChannel other = ServerSocketChannel.open()) {
            one.setOption(StandardSocketOptions.SO_REUSEPORT, true)
                    .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 20);
            InetSocketAddress address = (InetSocketAddress) one.getLocalAddress();
            other.setOption(StandardSocketOptions.SO_REUSEPORT, true).bind(address, 20);
            ListenBacklog backlog = new ListenBacklog();
            backlog.watch(address.getPort(), 20);
            for (int i = 0; i < 16; i++) {
                clients.add(new Socket(address.getAddress(), address.getPort()));
            }
            double fullest = standing(backlog);
            assertThat(backlog.sockets()).isEqualTo(2);
            assertThat(backlog.depth()).isEqualTo(16);
            assertThat(backlog.capacity()).isEqualTo(40);
            assertThat(fullest).isBetween(8 / 20.0, 16 / 20.0);
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
            NetworkDrops drops = new NetworkDrops();
            drops.sample(0);
            long before = drops.count(NetworkDrops.Counter.OVERFLOW);
            for (int i = 0; i < 8; i++) {
                SocketChannel client = SocketChannel.open();
                client.configureBlocking(false);
                client.connect(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()));
                clients.add(client);
            }
            assertThat(standing(backlog)).isGreaterThanOrEqualTo(1);
            assertThat(drops.sample(0)).isOne();
            assertThat(drops.count(NetworkDrops.Counter.OVERFLOW)).isGreaterThan(before);
            assertThat(drops.count(NetworkDrops.Counter.LISTEN_DROP)).isGreaterThan(0);
        } finally {
            for (SocketChannel client : clients) {
                client.close();
            }
        }
    }

    @Test
    void aBurstThatIsGoneByTheNextSampleIsNoPressure() throws IOException {
        ListenBacklog backlog = backlog(HEADER + line(0, 8080, "0A", 0));
        backlog.watch(8080, 10);
        backlog.sample(0);
        backlog(HEADER + line(0, 8080, "0A", 9));
        assertThat(backlog.sample(TimeUnit.SECONDS.toNanos(2))).isZero();
        assertThat(backlog.depth()).isEqualTo(9);
        backlog(HEADER + line(0, 8080, "0A", 5));
        assertThat(backlog.sample(TimeUnit.SECONDS.toNanos(4))).isEqualTo(0.5);
        backlog(HEADER + line(0, 8080, "0A", 0));
        assertThat(backlog.sample(TimeUnit.SECONDS.toNanos(6))).isZero();
    }

    @Test
    void severalPortsAreWatchedAndTheFullestCounts() throws IOException {
        ListenBacklog backlog = backlog(HEADER + line(0, 8080, "0A", 3) + line(1, 8443, "0A", 9));
        backlog.watch(8080, 10);
        backlog.watch(8443, 10);
        assertThat(standing(backlog)).isEqualTo(0.9);
        assertThat(backlog.capacities()).containsOnlyKeys(8080, 8443);
        assertThat(backlog.depth()).isEqualTo(12);
        assertThat(backlog.capacity()).isEqualTo(20);
    }

    @Test
    void whileTheFamilyHasFewSocketsTheTableIsReadWhenMoreHaveComeAndOnceASecondAtMost() throws IOException {
        ListenBacklog backlog = backlog(HEADER + line(0, 8080, "0A", 0));
        Path sockstat = proc.resolve("net/sockstat");
        Files.writeString(sockstat, "sockets: used 9\nTCP: inuse 2 orphan 0\n");
        backlog.watch(8080, 100);
        backlog.sample(0);
        backlog(HEADER + line(0, 8080, "0A", 20));
        backlog.sample(TimeUnit.MILLISECONDS.toNanos(100));
        assertThat(backlog.depth()).as("not read again").isZero();
        Files.writeString(sockstat, "sockets: used 40\nTCP: inuse 25 orphan 0\n");
        backlog.sample(TimeUnit.MILLISECONDS.toNanos(200));
        assertThat(backlog.depth()).as("a quarter of the queue is in use").isEqualTo(20);
        backlog(HEADER + line(0, 8080, "0A", 0));
        backlog.sample(TimeUnit.MILLISECONDS.toNanos(300));
        Files.writeString(sockstat, "sockets: used 9\nTCP: inuse 2 orphan 0\n");
        backlog.sample(TimeUnit.MILLISECONDS.toNanos(1_300));
        backlog(HEADER + line(0, 8080, "0A", 1));
        backlog.sample(TimeUnit.MILLISECONDS.toNanos(2_300));
        assertThat(backlog.depth()).as("not one more than when it was empty").isZero();
        Files.writeString(sockstat, "sockets: used 9\nTCP: inuse 3 orphan 0\n");
        backlog.sample(TimeUnit.MILLISECONDS.toNanos(2_400));
        assertThat(backlog.depth()).as("somebody came").isOne();
    }

    @Test
    void amongFewItIsMadeSureEveryFiveSecondsThatNobodyCameForSomebodyWhoWent() throws IOException {
        ListenBacklog backlog = backlog(HEADER + line(0, 8080, "0A", 0));
        Files.writeString(proc.resolve("net/sockstat"), "sockets: used 9\nTCP: inuse 2 orphan 0\n");
        backlog.watch(8080, 100);
        backlog.sample(0);
        backlog.sample(TimeUnit.MILLISECONDS.toNanos(1_500));
        backlog(HEADER + line(0, 8080, "0A", 1));
        backlog.sample(TimeUnit.MILLISECONDS.toNanos(6_400));
        assertThat(backlog.depth()).isZero();
        backlog.sample(TimeUnit.MILLISECONDS.toNanos(6_600));
        assertThat(backlog.depth()).isOne();
    }

    /** As all of Java's are, unless it is told otherwise, also those for addresses of IPv4. */
    @Test
    void socketsOfIpv6AreCountedByAFileOfTheirOwn() throws IOException {
        ListenBacklog backlog = backlog(HEADER);
        Path tcp6 = proc.resolve("net/tcp6");
        String line =
                "   0: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 00000000:0000000%d"
                        + REST;
        Files.writeString(tcp6, HEADER + String.format(line, 0));
        Files.writeString(proc.resolve("net/sockstat"), "sockets: used 9\nTCP: inuse 0 orphan 0\n");
        Path sockstat6 = proc.resolve("net/sockstat6");
        Files.writeString(sockstat6, "TCP6: inuse 200\nUDP6: inuse 1\n");
        backlog.watch(8080, 100);
        backlog.sample(0);
        backlog.sample(TimeUnit.MILLISECONDS.toNanos(50));
        Files.writeString(tcp6, HEADER + String.format(line, 3));
        backlog.sample(TimeUnit.MILLISECONDS.toNanos(100));
        assertThat(backlog.depth()).as("nobody has come").isZero();
        Files.writeString(sockstat6, "TCP6: inuse 203\nUDP6: inuse 1\n");
        backlog.sample(TimeUnit.MILLISECONDS.toNanos(150));
        assertThat(backlog.depth()).as("three have come").isEqualTo(3);
    }

    @Test
    void amongManyItIsMadeSureOnceASecondThatNobodyCameForSomebodyWhoWent() throws IOException {
        ListenBacklog backlog = backlog(HEADER + line(0, 8080, "0A", 0));
        Files.writeString(proc.resolve("net/sockstat"), "sockets: used 999\nTCP: inuse 900 orphan 0\n");
        backlog.watch(8080, 100);
        backlog.sample(0);
        backlog.sample(TimeUnit.MILLISECONDS.toNanos(50));
        backlog(HEADER + line(0, 8080, "0A", 2));
        backlog.sample(TimeUnit.MILLISECONDS.toNanos(900));
        assertThat(backlog.depth()).isZero();
        backlog.sample(TimeUnit.MILLISECONDS.toNanos(1_100));
        assertThat(backlog.depth()).isEqualTo(2);
    }

    @Test
    void whoeverComesInThePlaceOfOneThatWentIsFoundTheMomentThatOneIsMissed() throws IOException {
        ListenBacklog backlog = backlog(HEADER + line(0, 8080, "0A", 0));
        Path sockstat = proc.resolve("net/sockstat");
        Files.writeString(sockstat, "sockets: used 9\nTCP: inuse 5 orphan 0\n");
        backlog.watch(8080, 100);
        backlog.sample(0);
        backlog.sample(TimeUnit.MILLISECONDS.toNanos(1_000));
        Files.writeString(sockstat, "sockets: used 8\nTCP: inuse 4 orphan 0\n");
        backlog.sample(TimeUnit.MILLISECONDS.toNanos(2_000));
        Files.writeString(sockstat, "sockets: used 9\nTCP: inuse 5 orphan 0\n");
        backlog(HEADER + line(0, 8080, "0A", 1));
        backlog.sample(TimeUnit.MILLISECONDS.toNanos(3_000));
        assertThat(backlog.depth()).isOne();
    }

    @Test
    void aSocketThatCameLaterIsFoundWithinHalfAMinuteAndAtOnceWhenAnotherIsMissed() throws IOException {
        ListenBacklog backlog = backlog(HEADER + line(0, 8080, "0A", 1) + line(1, 22, "0A", 0));
        backlog.watch(8080, 10);
        backlog.sample(0);
        backlog(HEADER + line(0, 8080, "0A", 1) + line(1, 22, "0A", 0) + line(2, 8080, "0A", 7));
        backlog.sample(TimeUnit.SECONDS.toNanos(1));
        assertThat(backlog.depth()).isOne();
        backlog.sample(TimeUnit.SECONDS.toNanos(30));
        assertThat(backlog.depth()).isEqualTo(8);
        backlog(HEADER + line(0, 22, "0A", 0));
        backlog.sample(TimeUnit.SECONDS.toNanos(31));
        assertThat(backlog.depth()).isZero();
        backlog(HEADER + line(0, 22, "0A", 0) + line(1, 8080, "0A", 2));
        backlog.sample(TimeUnit.SECONDS.toNanos(32));
        assertThat(backlog.depth()).isEqualTo(2);
    }

    @Test
    void untilItWatchesAPortItHasNothingToTell() throws IOException {
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
        assertThat(standing(backlog)).isEqualTo(0.16);
        assertThat(backlog.depth()).isEqualTo(24);
        assertThat(backlog.sockets()).isEqualTo(3);
        assertThat(backlog.capacity()).isEqualTo(300);
    }

    @Test
    void itReadsNoFurtherThanTheFirstSocketThatDoesNotListen() throws IOException {
        ListenBacklog backlog =
                backlog(HEADER + line(0, 8080, "0A", 3) + line(1, 8080, "01", 1_000) + "garbage \u0000");
        backlog.watch(8080, 10);
        assertThat(standing(backlog)).isEqualTo(0.3);
    }

    @Test
    void theKernelsOwnLimitIsTakenIntoAccount() throws IOException {
        ListenBacklog backlog = backlog(HEADER + line(0, 8080, "0A", 64));
        Files.createDirectories(proc.resolve("sys/net/core"));
        Files.writeString(proc.resolve("sys/net/core/somaxconn"), "128\n");
        backlog.watch(8080, 1_000);
        assertThat(backlog.capacity()).isEqualTo(128);
        assertThat(standing(backlog)).isEqualTo(0.5);
        Files.writeString(proc.resolve("sys/net/core/somaxconn"), "garbage");
        backlog.watch(8080, 1_000);
        backlog.sample(0);
        assertThat(backlog.capacity()).isEqualTo(1_000);
    }

    @Test
    void whereThereIsNoProcItSaysSo() {
        ListenBacklog backlog = new ListenBacklog(Proc.at(proc.resolve("none")));
        backlog.watch(8080, 10);
        assertThatThrownBy(() -> backlog.sample(0))
                .isInstanceOf(FileNotFoundException.class)
                .hasMessageContaining("none/net/tcp");
        assertThat(backlog.depth()).isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "header\ngarbage",
                "header\n0: a b 0A",
                "header\n0: x:1F90 y:0 0A nothing\n",
                "header\n0: x:1F90 y:0 0A 0:zz rest\n",
                "header\n0: x:1F90 y:0 0A 0:FFFFFFFFFFFFFFFFFFFF rest\n",
                "header\n\u0000\u0001\u0002\u00ff"
            })
    void garbageIsNoPressure(String garbage) throws IOException {
        ListenBacklog backlog = backlog(HEADER + line(0, 8080, "0A", 10));
        backlog.watch(8080, 10);
        standing(backlog);
        backlog(garbage);
        assertThatThrownBy(() -> backlog.sample(0))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("expected");
        assertThat(backlog.depth()).isEqualTo(-1);
        backlog(HEADER + line(0, 8080, "0A", 10));
        assertThat(backlog.sample(0)).as("begins anew").isZero();
    }

    @Test
    void whatCannotBeReadIsToldOf() throws IOException {
        Files.createDirectories(proc.resolve("net/tcp"));
        ListenBacklog backlog = new ListenBacklog(Proc.at(proc));
        backlog.watch(8080, 10);
        assertThatThrownBy(() -> backlog.sample(0)).isInstanceOf(IOException.class);
        assertThat(backlog.depth()).isEqualTo(-1);
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "65536, 1", "-1, 1", "80, 0", "80, -1"})
    void aPortOrABacklogOutsideOfItsRangeIsRefused(int port, int capacity) {
        ListenBacklog backlog = new ListenBacklog(Proc.at(proc));
        assertThatThrownBy(() -> backlog.watch(port, capacity))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("port: " + port + ", backlog: " + capacity
                        + " (expected: a port from 1 to 65535 and a backlog above 0)");
    }

    @Test
    void dropsAreToldOfForAsLongAsTheyGrow() throws IOException {
        NetworkDrops drops = new NetworkDrops(Proc.at(proc));
        assertThatThrownBy(() -> drops.sample(0)).isInstanceOf(IOException.class);
        assertThat(drops.count(NetworkDrops.Counter.OVERFLOW)).isEqualTo(-1);
        netstat("TcpExt: SyncookiesSent ListenOverflows ListenDrops\nTcpExt: 1 17 18\n");
        assertThat(drops.sample(0)).as("nobody knows since when").isZero();
        assertThat(drops.count(NetworkDrops.Counter.OVERFLOW)).isEqualTo(17);
        assertThat(drops.count(NetworkDrops.Counter.LISTEN_DROP)).isEqualTo(18);
        assertThat(drops.count(NetworkDrops.Counter.REQUEST_QUEUE_DROP)).isEqualTo(-1);
        netstat("TcpExt: SyncookiesSent ListenOverflows ListenDrops\nTcpExt: 1 18 18\n");
        assertThat(drops.sample(0)).isOne();
        assertThat(drops.sample(0)).isZero();
        netstat("TcpExt: SyncookiesSent ListenOverflows ListenDrops\nTcpExt: 9 3 99\n");
        assertThat(drops.sample(0)).as("began anew").isZero();
    }

    private void netstat(String text) throws IOException {
        Files.createDirectories(proc.resolve("net"));
        Files.writeString(proc.resolve("net/netstat"), text);
    }
}
