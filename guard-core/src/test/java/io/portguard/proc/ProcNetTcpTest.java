package io.portguard.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portguard.IpAddress;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcNetTcpTest {

    private static final String HEADER =
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
    private static final String LISTENING =
            "   0: 0100007F:1F90 00000000:0000 0A 00000000:0000000C 00:00000000 00000000   106        0 1548 1 x 100 0\n";
    private static final String ESTABLISHED =
            "   1: 0100007F:1F90 0200007F:C350 01 00000010:00000020 02:0000176F 00000000  1000        0 99887766 1 x 20\n";
    private static final String IPV6 =
            "   0: 00000000000000000000000001000000:FFFF B80D0120000000000000000001000000:0001"
                    + " 08 FFFFFFFF:00000001 00:00000000 00000000     0        0 5 1 x 100 0 0 10 0\n";

    @TempDir
    private Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("tcp"), text, StandardCharsets.ISO_8859_1);
    }

    @Test
    void everyColumnIsRead() throws IOException {
        assertThat(ByteOrder.nativeOrder())
                .as("the byte order of the lines above")
                .isEqualTo(ByteOrder.LITTLE_ENDIAN);
        try (ProcNetTcp sockets = ProcNetTcp.all(file(HEADER + LISTENING + ESTABLISHED + IPV6))) {
            assertThat(sockets.next()).isTrue();
            assertThat(sockets.state()).isEqualTo(TcpState.LISTEN);
            assertThat(sockets.localAddress()).hasToString("127.0.0.1");
            assertThat(sockets.localPort()).isEqualTo(8080);
            assertThat(sockets.receiveQueue()).isEqualTo(12);
            assertThat(sockets.uid()).isEqualTo(106);
            assertThat(sockets.inode()).isEqualTo(1548);
            assertThat(sockets.isIpv6()).isFalse();

            assertThat(sockets.next()).isTrue();
            assertThat(sockets.state()).isEqualTo(TcpState.ESTABLISHED);
            assertThat(sockets.remoteAddress()).hasToString("127.0.0.2");
            assertThat(sockets.remotePort()).isEqualTo(50_000);
            assertThat(sockets.sendQueue()).isEqualTo(16);
            assertThat(sockets.receiveQueue()).isEqualTo(32);
            assertThat(sockets.hasKeepaliveTimer()).isTrue();
            assertThat(sockets.timerTicks()).isEqualTo(5_999);
            assertThat(sockets.uid()).isEqualTo(1_000);
            assertThat(sockets.inode()).isEqualTo(99_887_766);

            assertThat(sockets.next()).isTrue();
            assertThat(sockets.state()).isEqualTo(TcpState.CLOSE_WAIT);
            assertThat(sockets.isIpv6()).isTrue();
            assertThat(sockets.localAddress()).hasToString("::1");
            assertThat(sockets.remoteAddress()).hasToString("2001:db8::1");
            assertThat(sockets.localPort()).isEqualTo(65_535);
            assertThat(sockets.sendQueue()).isEqualTo(0xffff_ffffL);
            assertThat(sockets.hasKeepaliveTimer()).isFalse();

            assertThat(sockets.next()).isFalse();
            assertThat(sockets.next()).isFalse();
        }
    }

    @Test
    void thePassOverListeningSocketsEndsAtTheFirstOtherOne() throws IOException {
        try (ProcNetTcp sockets =
                ProcNetTcp.listening(file(HEADER + LISTENING + LISTENING + ESTABLISHED + "garbage"))) {
            assertThat(sockets.next()).isTrue();
            assertThat(sockets.next()).isTrue();
            assertThat(sockets.next()).isFalse();
        }
    }

    @Test
    void linesOfAllLengthsAreReadAcrossTheEdgesOfTheBuffer() throws IOException {
        StringBuilder text = new StringBuilder(HEADER);
        for (int i = 0; i < 5_000; i++) {
            String line = i % 3 == 0 ? IPV6 : LISTENING;
            text.append(line, 0, line.length() - 1).append(" ".repeat(i % 97)).append('\n');
        }
        int count = 0;
        try (ProcNetTcp sockets = ProcNetTcp.all(file(text.toString()))) {
            while (sockets.next()) {
                assertThat(sockets.localPort()).isEqualTo(count % 3 == 0 ? 65_535 : 8_080);
                assertThat(sockets.inode()).isEqualTo(count % 3 == 0 ? 5 : 1_548);
                count++;
            }
        }
        assertThat(count).isEqualTo(5_000);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void realSocketsOfBothFamiliesAreSeen() throws IOException {
        for (String host : List.of("127.0.0.1", "::1")) {
            try (ServerSocket server = new ServerSocket(0, 7, InetAddress.getByName(host));
                    Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
                    Socket accepted = server.accept();
                    Socket waiting = new Socket(server.getInetAddress(), server.getLocalPort())) {
                List<String> seen = new ArrayList<>();
                for (Path table : Proc.ofThisSystem().tcpTables()) {
                    try (ProcNetTcp sockets = ProcNetTcp.all(table)) {
                        while (sockets.next()) {
                            if (sockets.localPort() == server.getLocalPort()) {
                                seen.add(sockets.state() + " " + sockets.localAddress() + " " + sockets.remotePort()
                                        + (sockets.state() == TcpState.LISTEN ? " " + sockets.receiveQueue() : ""));
                            }
                        }
                    }
                }
                String address = IpAddress.parse(host).orElseThrow().toString();
                assertThat(seen)
                        .containsExactlyInAnyOrder(
                                "LISTEN " + address + " 0 1",
                                "ESTABLISHED " + address + " " + client.getLocalPort(),
                                "ESTABLISHED " + address + " " + waiting.getLocalPort());
                assertThat(accepted.isConnected()).isTrue();
            }
        }
    }

    @Test
    void beforeTheFirstSocketThereIsNothingToAsk() throws IOException {
        try (ProcNetTcp sockets = ProcNetTcp.all(file(HEADER))) {
            assertThat(sockets.next()).isFalse();
            assertThatThrownBy(sockets::state).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(sockets::localAddress).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void aFileThatIsMissingIsSaidToBe() {
        assertThatThrownBy(() -> ProcNetTcp.all(folder.resolve("none"))).isInstanceOf(FileNotFoundException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "garbage\n",
                "\n",
                "0: a b 0A\n",
                "0: 0100007F:1F90 00000000:0000 0C 00000000:00000000 00:00000000 0 0 0 1\n",
                "0: 0100007F:1F90 00000000:0000 00 00000000:00000000 00:00000000 0 0 0 1\n",
                "0: 0100007F:11F90 00000000:0000 0A 00000000:00000000 00:00000000 0 0 0 1\n",
                "0: 0100007F:1F90 00000000000000000000000001000000:0000 0A 0:0 0:0 0 0 0 1\n",
                "0: 007F:1F90 007F:0000 0A 0:0 0:0 0 0 0 1\n",
                "0: 0100007F:1F90 00000000:0000 0A 100000000:00000000 00:00000000 0 0 0 1\n",
                "0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:FFFFFFFFFFFFFFFFF 0 0 0 1\n",
                "0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 0 x 0 1\n",
                "0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 0 0 0 9999999999999999999\n",
                "0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 0 0 0\n",
                "0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 0 0 0 1"
            })
    void aLineThatIsNoneIsNamed(String line) throws IOException {
        Path file = file(HEADER + LISTENING + line);
        try (ProcNetTcp sockets = ProcNetTcp.all(file)) {
            assertThat(sockets.next()).isTrue();
            assertThatThrownBy(sockets::next)
                    .isInstanceOf(ProcFormatException.class)
                    .hasMessageStartingWith(file + ", line ")
                    .hasMessageContaining("(expected: ");
        }
    }

    @Test
    void aLineWithoutEndIsRefusedBeforeItFillsTheMemory() throws IOException {
        try (ProcNetTcp sockets = ProcNetTcp.all(file("x".repeat(100_000)))) {
            assertThatThrownBy(sockets::next)
                    .isInstanceOf(ProcFormatException.class)
                    .hasMessageContaining("(expected: a line of at most 1024 characters)");
        }
    }

    @Test
    void whateverIsInTheFileThePassEndsWithNothingButTheDocumentedException() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(60),
                () -> {
                    for (int round = 0; round < 4_000; round++) {
                        passOver(mutated(random), random.nextBoolean());
                    }
                },
                "seed " + seed);
    }

    private void passOver(String text, boolean all) throws IOException {
        Path file = file(text);
        try (ProcNetTcp sockets = all ? ProcNetTcp.all(file) : ProcNetTcp.listening(file)) {
            while (sockets.next()) {
                assertThat(sockets.localPort()).isBetween(0, 65_535);
                assertThat(sockets.remotePort()).isBetween(0, 65_535);
                assertThat(sockets.receiveQueue()).isBetween(0L, 0xffff_ffffL);
                assertThat(sockets.inode()).isNotNegative();
                assertThat(sockets.localAddress()).isNotNull();
                assertThat(sockets.remoteAddress()).isNotNull();
            }
        } catch (ProcFormatException documented) {
            assertThat(documented).hasMessageContaining("(expected: ").hasMessageMatching("[ -~]+");
        }
    }

    /** What the kernel writes, with a few bytes changed, left out, doubled or cut off. */
    private static String mutated(Random random) {
        StringBuilder text = new StringBuilder(HEADER);
        int lines = random.nextInt(40);
        for (int i = 0; i < lines; i++) {
            text.append(List.of(LISTENING, ESTABLISHED, IPV6).get(random.nextInt(3)));
        }
        for (int change = random.nextInt(6); change > 0 && !text.isEmpty(); change--) {
            int at = random.nextInt(text.length());
            switch (random.nextInt(5)) {
                case 0 -> text.setCharAt(at, (char) random.nextInt(256));
                case 1 -> text.deleteCharAt(at);
                case 2 -> text.insert(at, text.substring(at, Math.min(text.length(), at + random.nextInt(300))));
                case 3 -> text.setLength(at);
                default -> text.insert(at, " :\n\0F0".charAt(random.nextInt(6)));
            }
        }
        return text.toString();
    }
}
