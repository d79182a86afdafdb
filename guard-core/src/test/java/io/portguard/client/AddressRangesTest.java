package io.portguard.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRangesTest {

    private static IpAddress ip(String text) {
        return IpAddress.parse(text).orElseThrow();
    }

    private static AddressRange range(String text) {
        return AddressRange.parse(text).orElseThrow(() -> new AssertionError("no range: " + text));
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.0.0.0/8, 10.0.0.0, 10.255.255.255",
        "10.1.2.3/8, 10.0.0.0/8, 10.0.0.0, 10.255.255.255",
        "192.0.2.1, 192.0.2.1, 192.0.2.1, 192.0.2.1",
        "192.0.2.1/32, 192.0.2.1, 192.0.2.1, 192.0.2.1",
        "0.0.0.0/0, 0.0.0.0/0, 0.0.0.0, 255.255.255.255",
        "2001:db8::/32, 2001:db8::/32, 2001:db8::, 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
        "::/0, ::/0, ::, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "::1, ::1, ::1, ::1",
        "::ffff:10.0.0.0/104, 10.0.0.0/8, 10.0.0.0, 10.255.255.255",
        "::ffff:0:0/96, 0.0.0.0/0, 0.0.0.0, 255.255.255.255",
        "64:ff9b::10.0.0.0/104, 10.0.0.0/8, 10.0.0.0, 10.255.255.255",
        "fe80::/10, fe80::/10, fe80::, febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    })
    void aRangeIsReadFromCidrNotation(String text, String written, String first, String last) {
        AddressRange range = range(text);
        assertThat(range).hasToString(written).isEqualTo(range(written));
        assertThat(range.first()).hasToString(first);
        assertThat(range.last()).hasToString(last);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/8",
                "10.0.0.0/",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/+8",
                "10.0.0.0/8 /8",
                "10.0.0/8",
                "::/129",
                "::1/0x8",
                "10.0.0.0/٨",
                "host/8",
                "10.0.0.0-10.0.0.9",
                "*",
                "10.0.0.0/8/8",
                "10.0.0.0/0008"
            })
    void whatIsNoRangeIsNone(String text) {
        assertThat(AddressRange.parse(text)).isEmpty();
    }

    /** All of them look like IPv4 addresses here, so a shorter prefix would mean quite other addresses. */
    @ParameterizedTest
    @ValueSource(strings = {"64:ff9b::/64", "64:ff9b::/32", "64:ff9b::/16", "64:ff9b::1.2.3.4/95", "64:ff9b::/0"})
    void aPrefixShorterThanThatOfNat64IsNoRange(String text) {
        assertThat(AddressRange.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {81, 82, 83, 84})
    void aSetHoldsWhatOneOfItsRangesHolds(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 100; round++) {
            List<AddressRange> ranges = new ArrayList<>();
            for (int i = random.nextInt(12); i > 0; i--) {
                ranges.add(AddressRange.of(
                        address(random), random.nextBoolean() ? 128 - random.nextInt(20) : random.nextInt(129)));
            }
            AddressRanges set = new AddressRanges(ranges);
            assertThat(set.isEmpty()).isEqualTo(ranges.isEmpty());
            for (int i = 0; i < 100; i++) {
                IpAddress probe = probe(random, ranges);
                boolean expected = ranges.stream().anyMatch(range -> range.contains(probe));
                assertThat(set.contains(probe))
                        .as("seed %d: %s in %s", seed, probe, ranges)
                        .isEqualTo(expected);
            }
        }
    }

    private static IpAddress address(SplittableRandom random) {
        return switch (random.nextInt(4)) {
            case 0 -> IpAddress.ofIpv4(random.nextInt());
            case 1 -> IpAddress.ofIpv4(0x0a000000 | random.nextInt(2_000));
            case 2 -> IpAddress.of(0x20010db800000000L, random.nextInt(2_000));
            default -> IpAddress.of(random.nextLong(), random.nextLong());
        };
    }

    private static IpAddress probe(SplittableRandom random, List<AddressRange> ranges) {
        if (ranges.isEmpty() || random.nextInt(3) == 0) {
            return address(random);
        }
        AddressRange range = ranges.get(random.nextInt(ranges.size()));
        return switch (random.nextInt(4)) {
            case 0 -> range.first();
            case 1 -> range.last();
            case 2 -> IpAddress.of(range.first().high(), range.first().low() - 1);
            default -> IpAddress.of(range.last().high(), range.last().low() + 1);
        };
    }

    @ParameterizedTest
    @ValueSource(longs = {85, 86})
    void whatARangeWritesItReadsAgain(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 3_000; i++) {
            AddressRange range = AddressRange.of(address(random), random.nextInt(129));
            assertThat(AddressRange.parse(range.toString()))
                    .as("seed %d: %s", seed, range)
                    .contains(range);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.1.2.3, true", "10.0.0.0/8, 11.0.0.0, false", "10.0.0.0/8, 9.255.255.255, false",
        "10.0.0.0/8, ::ffff:10.1.2.3, true", "10.0.0.0/8, 64:ff9b::10.1.2.3, true", "::/0, 10.1.2.3, true",
        "0.0.0.0/0, ::1, false", "2001:db8::/33, 2001:db8:8000::, false"
    })
    void anAddressIsInARangeOrNot(String range, String address, boolean in) {
        assertThat(range(range).contains(ip(address))).isEqualTo(in);
    }
}
