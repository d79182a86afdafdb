package io.portguard.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.IpAddress;
import io.portguard.wire.ProxyPreamble.Kind;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyPreambleTest {

    private static final String SIGNATURE = "\r\n\r\n\0\r\nQUIT\n";

    /** Reads all of it, checks that every beginning of it gives the same answer or none, and returns the answer. */
    private static ProxyPreamble read(byte[] bytes) {
        ProxyPreamble whole = ProxyPreamble.read(ByteBuffer.wrap(bytes));
        for (int length = 0; length < bytes.length; length++) {
            ProxyPreamble begun = ProxyPreamble.read(ByteBuffer.wrap(bytes, 0, length));
            if (begun.kind() != Kind.INCOMPLETE) {
                assertThat(begun).as("the first %d bytes", length).isEqualTo(whole);
            }
        }
        return whole;
    }

    private static ProxyPreamble read(String text) {
        return read(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static byte[] v2(int command, int family, byte[] addresses, byte[]... vectors) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(SIGNATURE.getBytes(StandardCharsets.ISO_8859_1));
        out.write(command);
        out.write(family);
        int length = addresses.length;
        for (byte[] vector : vectors) {
            length += vector.length;
        }
        out.write(length >> 8);
        out.write(length);
        out.writeBytes(addresses);
        for (byte[] vector : vectors) {
            out.writeBytes(vector);
        }
        return out.toByteArray();
    }

    private static byte[] vector(int type, byte... value) {
        return ByteBuffer.allocate(3 + value.length)
                .put((byte) type)
                .putShort((short) value.length)
                .put(value)
                .array();
    }

    private static byte[] ipv4(int source, int port) {
        return ByteBuffer.allocate(12)
                .putInt(source)
                .putInt(0x7f000001)
                .putShort((short) port)
                .putShort((short) 443)
                .array();
    }

    /** Writes the checksum into a header whose last vector is for it. */
    private static byte[] checksummed(byte[] header) {
        CRC32C checksum = new CRC32C();
        checksum.update(header);
        ByteBuffer.wrap(header).putInt(header.length - 4, (int) checksum.getValue());
        return header;
    }

    private static IpAddress address(String text) {
        return IpAddress.parse(text).orElseThrow();
    }

    @Test
    void aLineNamesTheClient() {
        assertThat(read("PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\nGET / HTTP/1.1\r\n"))
                .isEqualTo(new ProxyPreamble(Kind.PROXIED, 45, address("192.0.2.1"), 56_324));
        assertThat(read("PROXY TCP6 2001:db8::1 ::1 0 65535\r\n"))
                .isEqualTo(new ProxyPreamble(Kind.PROXIED, 36, address("2001:db8::1"), 0));
    }

    @Test
    void aLineOfAnUnknownOriginIsTheProxysOwn() {
        assertThat(read("PROXY UNKNOWN\r\n")).isEqualTo(new ProxyPreamble(Kind.LOCAL, 15, null, 0));
        assertThat(read("PROXY UNKNOWN ffff::1 whatever 1 2\r\n").kind()).isEqualTo(Kind.LOCAL);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\n",
                "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\rX",
                "PROXY TCP4 192.0.2.1 198.51.100.1 56324\r\n",
                "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443 9\r\n",
                "PROXY  TCP4 192.0.2.1 198.51.100.1 56324 443\r\n",
                "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443 \r\n",
                "PROXY TCP4 2001:db8::1 ::1 56324 443\r\n",
                "PROXY TCP6 192.0.2.1 198.51.100.1 56324 443\r\n",
                "PROXY TCP6 fe80::1%eth0 ::1 56324 443\r\n",
                "PROXY TCP4 localhost 198.51.100.1 56324 443\r\n",
                "PROXY TCP4 192.0.2.256 198.51.100.1 56324 443\r\n",
                "PROXY TCP4 192.0.2.1 198.51.100.1 056 443\r\n",
                "PROXY TCP4 192.0.2.1 198.51.100.1 65536 443\r\n",
                "PROXY TCP4 192.0.2.1 198.51.100.1 -1 443\r\n",
                "PROXY TCP4 192.0.2.1 198.51.100.1  443\r\n",
                "PROXY UDP4 192.0.2.1 198.51.100.1 1 2\r\n",
                "PROXY UNKNOWNS\r\n",
                "PROXY \r\n",
                "PROXY TCP4 192.0.2.1\0 198.51.100.1 1 2\r\n",
            })
    void aLineThatIsNotAsItHasToBeIsMalformed(String line) {
        assertThat(read(line)).isSameAs(ProxyPreamble.MALFORMED);
    }

    @Test
    void aLineHasItsBound() {
        String longest = "PROXY UNKNOWN " + "x".repeat(107 - 16) + "\r\n";
        assertThat(read(longest)).isEqualTo(new ProxyPreamble(Kind.LOCAL, 107, null, 0));
        assertThat(read("PROXY UNKNOWN " + "x".repeat(108 - 16) + "\r\n")).isSameAs(ProxyPreamble.MALFORMED);
        assertThat(read("PROXY UNKNOWN " + "x".repeat(500))).isSameAs(ProxyPreamble.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"GET / HTTP/1.1\r\n", "POST / HTTP/1.1\r\n", "PROXYTCP4 ", "PROPFIND / ", "\r\n\r\nGET", "\0"})
    void whatBeginsOtherwiseIsNoPreamble(String bytes) {
        assertThat(read(bytes)).isSameAs(ProxyPreamble.ABSENT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "P", "PROXY", "PROXY TCP4 192.0.2.1", "PROXY UNKNOWN\r", "\r", "\r\n\r\n\0\r\nQUIT\n!"})
    void whatMayBecomeOneIsWaitedFor(String bytes) {
        assertThat(read(bytes)).isSameAs(ProxyPreamble.INCOMPLETE);
    }

    @Test
    void aHeaderNamesTheClient() {
        assertThat(read(v2(0x21, 0x11, ipv4(0xc0000201, 56_324))))
                .isEqualTo(new ProxyPreamble(Kind.PROXIED, 28, address("192.0.2.1"), 56_324));
        byte[] ipv6 = ByteBuffer.allocate(36)
                .putLong(0x2001_0db8_0000_0000L)
                .putLong(7)
                .putLong(0)
                .putLong(1)
                .putShort((short) 65_535)
                .array();
        assertThat(read(v2(0x21, 0x21, ipv6)))
                .isEqualTo(new ProxyPreamble(Kind.PROXIED, 52, address("2001:db8::7"), 65_535));
    }

    @Test
    void aHeaderForTheProxyItselfIsSkippedWhateverItHolds() {
        assertThat(read(v2(0x20, 0x00, new byte[0]))).isEqualTo(new ProxyPreamble(Kind.LOCAL, 16, null, 0));
        assertThat(read(v2(0x20, 0xff, new byte[9]))).isEqualTo(new ProxyPreamble(Kind.LOCAL, 25, null, 0));
        assertThat(read(v2(0x21, 0x00, new byte[40]))).isEqualTo(new ProxyPreamble(Kind.LOCAL, 56, null, 0));
        assertThat(read(v2(0x21, 0x31, new byte[216])).kind()).isEqualTo(Kind.LOCAL);
    }

    @Test
    void vectorsAreWalkedAndTheChecksumIsChecked() {
        byte[] alpn = vector(0x01, (byte) 'h', (byte) '2');
        byte[] sound = checksummed(v2(0x21, 0x11, ipv4(1, 1), alpn, vector(0x03, new byte[4])));
        assertThat(read(sound).kind()).isEqualTo(Kind.PROXIED);
        sound[17] ^= 1;
        assertThat(read(sound)).isSameAs(ProxyPreamble.MALFORMED);
        assertThat(read(v2(0x21, 0x11, ipv4(1, 1), vector(0x03, new byte[3])))).isSameAs(ProxyPreamble.MALFORMED);
        assertThat(read(v2(0x21, 0x11, ipv4(1, 1), new byte[] {4, 0}))).isSameAs(ProxyPreamble.MALFORMED);
        assertThat(read(v2(0x21, 0x11, ipv4(1, 1), new byte[] {4, 0, 9, 1}))).isSameAs(ProxyPreamble.MALFORMED);
    }

    @Test
    void aHeaderThatIsNotAsItHasToBeIsMalformed() {
        assertThat(read(v2(0x11, 0x11, ipv4(1, 1)))).isSameAs(ProxyPreamble.MALFORMED);
        assertThat(read(v2(0x22, 0x11, ipv4(1, 1)))).isSameAs(ProxyPreamble.MALFORMED);
        assertThat(read(v2(0x21, 0x13, ipv4(1, 1)))).isSameAs(ProxyPreamble.MALFORMED);
        assertThat(read(v2(0x21, 0x41, ipv4(1, 1)))).isSameAs(ProxyPreamble.MALFORMED);
        assertThat(read(v2(0x21, 0x11, new byte[11]))).isSameAs(ProxyPreamble.MALFORMED);
        assertThat(read(v2(0x21, 0x21, new byte[35]))).isSameAs(ProxyPreamble.MALFORMED);
        assertThat(read(v2(0x21, 0x31, new byte[215]))).isSameAs(ProxyPreamble.MALFORMED);
        assertThat(read(v2(0x20, 0x00, new byte[ProxyPreamble.MAX_LENGTH - 15])))
                .isSameAs(ProxyPreamble.MALFORMED);
        assertThat(read(v2(0x20, 0x00, new byte[ProxyPreamble.MAX_LENGTH - 16])).length())
                .isEqualTo(ProxyPreamble.MAX_LENGTH);
    }

    @Test
    void noBytesThrowAndEveryFragmentGivesTheSameAnswer() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        byte[][] samples = {
            "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n".getBytes(StandardCharsets.ISO_8859_1),
            "PROXY TCP6 2001:db8::1 ::1 1 2\r\n".getBytes(StandardCharsets.ISO_8859_1),
            checksummed(v2(0x21, 0x11, ipv4(1, 1), vector(0x04, new byte[20]), vector(0x03, new byte[4]))),
            v2(0x21, 0x21, new byte[36], vector(0x20, new byte[7])),
            v2(0x20, 0x00, new byte[3]),
        };
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = samples[random.nextInt(samples.length)].clone();
            for (int change = random.nextInt(4); change >= 0; change--) {
                bytes[random.nextInt(bytes.length)] = (byte)
                        (random.nextBoolean() ? random.nextInt(256) : " :.0123456789\r\n".charAt(random.nextInt(15)));
            }
            try {
                ProxyPreamble preamble = read(bytes);
                assertThat(preamble.length()).isBetween(0, bytes.length);
                assertThat(preamble.source() != null).isEqualTo(preamble.kind() == Kind.PROXIED);
            } catch (RuntimeException | AssertionError fault) {
                throw new AssertionError("seed " + seed + ", round " + i, fault);
            }
        }
    }
}
