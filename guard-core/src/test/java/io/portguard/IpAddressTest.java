package io.portguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressTest {

    private static IpAddress parsed(String text) {
        return IpAddress.parse(text).orElseThrow(() -> new AssertionError("no address: " + text));
    }

    private static byte[] randomBytes(SplittableRandom random, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            // Many zeros, so that there are gaps to be shortened.
            bytes[i] = random.nextInt(3) == 0 ? 0 : (byte) random.nextInt(256);
        }
        return bytes;
    }

    private static BigInteger number(IpAddress address) {
        return new BigInteger(Long.toUnsignedString(address.high()))
                .shiftLeft(64)
                .or(new BigInteger(Long.toUnsignedString(address.low())));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void everyAddressIsReadAndWrittenAsThePlatformDoes(long seed) throws UnknownHostException {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 5_000; i++) {
            InetAddress platform = InetAddress.getByAddress(randomBytes(random, random.nextBoolean() ? 4 : 16));
            IpAddress ours = IpAddress.of(platform);
            String text = platform.getHostAddress();
            assertThat(parsed(text)).as("seed %d: %s", seed, text).isEqualTo(ours);
            assertThat(ours.toInetAddress()).as("seed %d: %s", seed, text).isEqualTo(platform);
            assertThat(parsed(ours.toString())).as("seed %d: %s", seed, text).isEqualTo(ours);
            assertThat(InetAddress.getByName(ours.toString()))
                    .as("seed %d: %s", seed, text)
                    .isEqualTo(platform);
        }
    }

    @ParameterizedTest
    @CsvSource({
        // RFC 5952, section 4
        "2001:0db8::0001, 2001:db8::1",
        "2001:db8:0:0:0:0:2:1, 2001:db8::2:1",
        "2001:db8::0:1, 2001:db8::1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:DB8:AAAA:BBBB:CCCC:DDDD:EEEE:0001, 2001:db8:aaaa:bbbb:cccc:dddd:eeee:1",
        "0:0:0:0:0:0:0:0, ::",
        "0:0:0:0:0:0:0:1, ::1",
        "1:0:0:0:0:0:0:0, 1::",
        "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
        "::2:3:4:5:6:7:8, 0:2:3:4:5:6:7:8",
        "fe80::1%eth0, fe80::1",
        "fe80::1%, fe80::1",
        // Wrapped IPv4
        "::ffff:192.0.2.1, 192.0.2.1",
        "::ffff:c000:201, 192.0.2.1",
        "64:ff9b::192.0.2.33, 192.0.2.33",
        "64:ff9b:0:0:0:0:c000:221, 192.0.2.33",
        "1:2:3:4:5:6:1.2.3.4, 1:2:3:4:5:6:102:304",
        "::1.2.3.4, ::102:304",
        "0.0.0.0, 0.0.0.0",
        "255.255.255.255, 255.255.255.255",
    })
    void textIsReadAsRfc4291SaysAndWrittenAsRfc5952Says(String text, String canonical) {
        assertThat(parsed(text)).hasToString(canonical);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ":",
                "::1 ",
                " ::1",
                ":::",
                "1::2::3",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4:5:6:7:8:",
                ":1:2:3:4:5:6:7:8",
                "::1:2:3:4:5:6:7:8",
                "1::2:3:4:5:6:7:8",
                "12345::",
                "g::",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.256",
                "01.2.3.4",
                "1.2.3.04",
                "1.2.3.00",
                "1..2.3",
                ".1.2.3.4",
                "1.2.3.4.",
                "+1.2.3.4",
                "1.2.3.-4",
                "1.2.3.4 ",
                "1.2.3.4%eth0",
                "0x7f.0.0.1",
                "127.1",
                "2130706433",
                "localhost",
                "::ffff:1.2.3",
                "::ffff:1.2.3.256",
                "1:2:3:4:5:6:7:1.2.3.4",
                "::1.2.3.4:5",
                "1.2.3.4::",
                "[::1]",
                "::1]",
                "::1/64",
                "%",
                "%eth0",
                ":%",
                "::ffff:01.2.3.4",
                "１.2.3.4",
                "١.٢.٣.٤",
                "fe80::１",
                "1.2.3.4\n",
                "\u00001.2.3.4",
                "::\ud800"
            })
    void whatIsNoAddressIsNone(String text) {
        assertThat(IpAddress.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void noTextMakesTheReaderThrow(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        String alphabet = "0123456789abcdefABCDEF:::::....%[]/ gx\u0660\uff11\ud83d\0";
        for (int i = 0; i < 100_000; i++) {
            int length = random.nextInt(50);
            StringBuilder text = new StringBuilder();
            for (int j = 0; j < length; j++) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            String hostile = text.toString();
            IpAddress address = IpAddress.parseOrNull(hostile);
            if (address != null) {
                assertThat(IpAddress.parse(address.toString()))
                        .as("seed %d: %s", seed, hostile)
                        .contains(address);
                String withoutZone = hostile.replaceAll("(?s)%.*", "");
                assertThat(withoutZone).as("seed %d", seed).matches("[0-9a-fA-F:.]+");
            }
        }
    }

    @Test
    void mutationsOfAddressesAreReadAsThePlatformReadsThem() {
        SplittableRandom random = new SplittableRandom(77);
        String[] seeds = {"2001:db8::1:0:0:1", "::ffff:192.0.2.128", "1:2:3:4:5:6:7:8", "fe80::a%1", "192.0.2.10"};
        String alphabet = "0123456789abcdef:.";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder(seeds[random.nextInt(seeds.length)].replaceAll("%.*", ""));
            for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
                int at = random.nextInt(text.length());
                char c = alphabet.charAt(random.nextInt(alphabet.length()));
                switch (random.nextInt(3)) {
                    case 0 -> text.setCharAt(at, c);
                    case 1 -> text.insert(at, c);
                    default -> text.deleteCharAt(at);
                }
            }
            String mutated = text.toString();
            if (mutated.indexOf(':') < 0) {
                continue; // The platform reads forms like 127.1 and looks up names.
            }
            InetAddress platform = null;
            try {
                platform = InetAddress.getByName("[" + mutated + "]");
            } catch (UnknownHostException none) {
                // Then we read none either.
            }
            IpAddress ours = IpAddress.parseOrNull(mutated);
            if (ours != null) {
                assertThat(platform).as(mutated).isNotNull();
                assertThat(ours).as(mutated).isEqualTo(IpAddress.of(platform));
            } else if (platform != null) {
                // The platform takes groups of more than four digits and leading zeros; we refuse them, and only them.
                assertThat(mutated).matches(".*[0-9a-f]{5,}.*|.*[:.]0[0-9.]+.*");
            }
        }
    }

    @Test
    void aLongTextIsRefusedWithoutBeingRead() {
        String text = "1".repeat(10_000_000);
        assertThatCode(() -> assertThat(IpAddress.parseOrNull(text)).isNull()).doesNotThrowAnyException();
    }

    @Test
    void aNat64AddressIsTheIpv4AddressItWraps() {
        assertThat(parsed("64:ff9b::10.1.2.3")).isEqualTo(IpAddress.ofIpv4(0x0a010203));
        assertThat(parsed("64:ff9b::1:0:0:a01:203").isIpv4()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "64:ff9b:1::a01:203, 10.1.2.3",
        "64:ff9b:1:fffe::192.0.2.33, 192.0.2.33",
        "64:ff9b:1:abcd:0:1::7, '64:ff9b:1:abcd:0:1:0:7'",
        "64:ff9b:1:c000:2:2100::, '64:ff9b:1:c000:2:2100::'",
        "64:ff9b:1:ab:c0:2:2100::, '64:ff9b:1:ab:c0:2:2100:0'",
        "64:ff9b:1:ffff:100::a01:203, '64:ff9b:1:ffff:100:0:a01:203'",
        "64:ff9b:2::a01:203, '64:ff9b:2::a01:203'"
    })
    void aLocalNat64AddressIsTheIpv4AddressItWrapsWhereThatCanBeTold(String text, String same) {
        assertThat(parsed(text)).hasToString(same);
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22})
    void aNetworkReachesFromItsFirstToItsLastAddress(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 2_000; i++) {
            IpAddress address = IpAddress.of(random.nextLong(), random.nextLong());
            int length = random.nextInt(129);
            BigInteger size = BigInteger.ONE.shiftLeft(128 - length);
            BigInteger first = number(address).divide(size).multiply(size);
            assertThat(number(address.network(length))).as("seed %d", seed).isEqualTo(first);
            assertThat(number(address.lastOfNetwork(length)))
                    .as("seed %d", seed)
                    .isEqualTo(first.add(size).subtract(BigInteger.ONE));
        }
    }

    @Test
    void addressesAreOrderedAsUnsignedNumbers() {
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 2_000; i++) {
            IpAddress a = IpAddress.of(random.nextLong(), random.nextLong());
            IpAddress b = IpAddress.of(random.nextInt(4) == 0 ? a.high() : random.nextLong(), random.nextLong());
            assertThat(Integer.signum(a.compareTo(b))).isEqualTo(number(a).compareTo(number(b)));
            assertThat(a.equals(b)).isEqualTo(a.compareTo(b) == 0);
        }
    }

    @Test
    void aClientIsWrittenAsItsAddressItsNetworkOrItsName() {
        assertThat(ClientKey.of(parsed("10.1.2.3"))).hasToString("10.1.2.3");
        assertThat(ClientKey.of(parsed("10.1.2.3"), 120)).hasToString("10.1.2.0/24");
        assertThat(ClientKey.of(parsed("2001:db8::1"), 64)).hasToString("2001:db8::/64");
        assertThat(ClientKey.of(parsed("2001:db8::1"))).hasToString("2001:db8::1");
        assertThat(ClientKey.named("alice")).hasToString("alice");
    }

    @Test
    void clientsOfOneNetworkAreOneAndANameIsNeverAnAddress() {
        assertThat(ClientKey.of(parsed("2001:db8::1"), 64))
                .isEqualTo(ClientKey.of(parsed("2001:db8::2:3"), 64))
                .hasSameHashCodeAs(ClientKey.of(parsed("2001:db8::2:3"), 64))
                .isNotEqualTo(ClientKey.of(parsed("2001:db8:0:1::1"), 64))
                .isNotEqualTo(ClientKey.of(parsed("2001:db8::"), 128));
        assertThat(ClientKey.named("10.1.2.3")).isNotEqualTo(ClientKey.of(parsed("10.1.2.3")));
    }
}
