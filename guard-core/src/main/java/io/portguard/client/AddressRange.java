package io.portguard.client;

import io.portguard.IpAddress;
import java.util.Optional;

/**
 * A network of addresses in CIDR notation (RFC 4632), {@code 10.0.0.0/8} or {@code 2001:db8::/32}; a bare
 * address is the network that holds it alone.
 *
 * @param first the lowest address
 * @param last the highest address
 */
public record AddressRange(IpAddress first, IpAddress last) {

    private static final int IPV4_OFFSET = 96;

    /** The range around an address. */
    public static AddressRange of(IpAddress address, int prefixLength) {
        return new AddressRange(address.network(prefixLength), address.lastOfNetwork(prefixLength));
    }

    /** The range that the text writes; empty when it writes none. Host bits behind the prefix are ignored. */
    public static Optional<AddressRange> parse(String text) {
        String trimmed = text.trim();
        int slash = trimmed.indexOf('/');
        IpAddress address = IpAddress.parseOrNull(slash < 0 ? trimmed : trimmed.substring(0, slash));
        if (address == null) {
            return Optional.empty();
        }
        // Text like ::ffff:10.0.0.0/104 counts its prefix on the IPv6 form, 10.0.0.0/8 on the IPv4 form.
        boolean dotted = address.isIpv4() && trimmed.indexOf(':') < 0;
        int bits = dotted ? 32 : 128;
        int prefixLength = slash < 0 ? bits : prefixLength(trimmed.substring(slash + 1), bits);
        // Behind a shorter prefix an address that wraps an IPv4 one (64:ff9b::/64) is not in what was meant.
        boolean unwrapped = address.isIpv4() && !dotted && prefixLength < IPV4_OFFSET;
        return prefixLength < 0 || unwrapped
                ? Optional.empty()
                : Optional.of(of(address, dotted ? IPV4_OFFSET + prefixLength : prefixLength));
    }

    private static int prefixLength(String text, int max) {
        if (text.isEmpty() || text.length() > 3 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return -1;
        }
        int length = Integer.parseInt(text);
        return length <= max ? length : -1;
    }

    public boolean contains(IpAddress address) {
        return first.compareTo(address) <= 0 && last.compareTo(address) >= 0;
    }

    /** How many bits of an address, in its IPv6 form, are the same in all of them: 96 + n for an IPv4 network of length n. */
    public int prefixLength() {
        return first.high() != last.high()
                ? Long.numberOfLeadingZeros(first.high() ^ last.high())
                : 64 + Long.numberOfLeadingZeros(first.low() ^ last.low());
    }

    @Override
    public String toString() {
        int common = prefixLength();
        if (first.isIpv4() && last.isIpv4()) {
            return common == 128 ? first.toString() : first + "/" + (common - IPV4_OFFSET);
        }
        return common == 128 ? first.toString() : first + "/" + common;
    }
}
