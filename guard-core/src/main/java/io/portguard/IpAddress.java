package io.portguard;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An IPv4 or IPv6 address as two longs, immutable. An IPv4 address is held in its IPv4-mapped form ({@code
 * ::ffff:a.b.c.d}, RFC 4291), so that one number line orders both families.
 *
 * <p>IPv6 addresses that merely wrap an IPv4 address are unwrapped: IPv4-mapped ones, those below NAT64's
 * well-known prefix {@code 64:ff9b::/96} (RFC 6052), and those below its local-use prefix {@code 64:ff9b:1::/48} (RFC
 * 8215) in which the IPv4 address stands last. Clients behind a translator would otherwise all look like one /64.
 */
public final class IpAddress implements Comparable<IpAddress> {

    private static final long IPV4_MAPPED = 0x0000_ffff_0000_0000L;
    private static final long NAT64_HIGH = 0x0064_ff9b_0000_0000L;

    /** The local-use prefix, in the upper 48 bits. */
    private static final long LOCAL_NAT64 = 0x0064_ff9b_0001L;

    private final long high;
    private final long low;

    private IpAddress(long high, long low) {
        this.high = high;
        this.low = low;
    }

    /** The address with these bits, most significant half first, unwrapped when it wraps an IPv4 address. */
    public static IpAddress of(long high, long low) {
        boolean nat64 = (high == NAT64_HIGH && low >>> 32 == 0) || isLocalNat64(high, low);
        return nat64 ? new IpAddress(0, IPV4_MAPPED | (low & 0xffff_ffffL)) : new IpAddress(high, low);
    }

    /**
     * An operator may embed IPv4 addresses behind 48, 56, 64 or 96 bits of prefix. In all forms but the last the end of
     * the address is zero, and which of them it is cannot be told; the ninth octet is zero in all (RFC 6052, 2.2). No
     * host has an IPv4 address below 1.0.0.0.
     */
    private static boolean isLocalNat64(long high, long low) {
        return high >>> 16 == LOCAL_NAT64 && low >>> 56 == 0 && (low & 0xff_ffff) != 0 && (low & 0xff00_0000L) != 0;
    }

    /** The IPv4 address with these 32 bits. */
    public static IpAddress ofIpv4(int bits) {
        return new IpAddress(0, IPV4_MAPPED | Integer.toUnsignedLong(bits));
    }

    public static IpAddress of(InetAddress address) {
        byte[] bytes = address.getAddress();
        return bytes.length == 4 ? ofIpv4((int) bits(bytes, 0, 4)) : of(bits(bytes, 0, 8), bits(bytes, 8, 16));
    }

    /**
     * The address that the text writes literally (RFC 4291 for IPv6, with or without a zone, which is
     * ignored); empty when it writes none. Host names are never looked up.
     */
    public static Optional<IpAddress> parse(CharSequence text) {
        return Optional.ofNullable(parseOrNull(text));
    }

    /** Like {@link #parse}, and null where that is empty: for callers on a request's path. */
    public static @Nullable IpAddress parseOrNull(CharSequence text) {
        long ipv4 = Ipv4Text.parse(text, 0, text.length());
        return ipv4 >= 0 ? ofIpv4((int) ipv4) : Ipv6Text.parse(text);
    }

    public boolean isIpv4() {
        return high == 0 && low >>> 32 == 0xffff;
    }

    /** The upper 64 bits of the address in its IPv6 form. */
    public long high() {
        return high;
    }

    /** The lower 64 bits of the address in its IPv6 form. */
    public long low() {
        return low;
    }

    /**
     * The first address of the network of this length that the address is in.
     *
     * @param prefixLength of the IPv6 form, 0 to 128; an IPv4 network of length n has 96 + n
     */
    public IpAddress network(int prefixLength) {
        long highMask = prefixLength >= 64 ? -1L : prefixLength == 0 ? 0 : -1L << (64 - prefixLength);
        long lowMask = prefixLength >= 128 ? -1L : prefixLength <= 64 ? 0 : -1L << (128 - prefixLength);
        return (high & ~highMask) == 0 && (low & ~lowMask) == 0 ? this : new IpAddress(high & highMask, low & lowMask);
    }

    /** The last address of the network of this length that the address is in; see {@link #network}. */
    public IpAddress lastOfNetwork(int prefixLength) {
        IpAddress first = network(prefixLength);
        long highRest = prefixLength >= 64 ? 0 : -1L >>> prefixLength;
        long lowRest = prefixLength >= 128 ? 0 : prefixLength <= 64 ? -1L : -1L >>> (prefixLength - 64);
        return new IpAddress(first.high | highRest, first.low | lowRest);
    }

    /** Orders by the bits, read as an unsigned number of 128 bits. */
    @Override
    public int compareTo(IpAddress other) {
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof IpAddress that && high == that.high && low == that.low;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(high * 31 + low);
    }

    /** The address as people write it: dotted for IPv4, as in RFC 5952 for IPv6. */
    @Override
    public String toString() {
        if (isIpv4()) {
            int bits = (int) low;
            return (bits >>> 24) + "." + (bits >>> 16 & 0xff) + "." + (bits >>> 8 & 0xff) + "." + (bits & 0xff);
        }
        return Ipv6Text.format(high, low);
    }

    /** The address for the classes of the platform. */
    public InetAddress toInetAddress() {
        byte[] bytes = new byte[isIpv4() ? 4 : 16];
        for (int i = 0; i < bytes.length; i++) {
            int fromRight = bytes.length - 1 - i;
            bytes[i] = (byte) ((fromRight < 8 ? low : high) >>> (fromRight % 8 * 8));
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException impossible) {
            throw new AssertionError("an address has 4 or 16 bytes", impossible);
        }
    }

    private static long bits(byte[] bytes, int from, int to) {
        long bits = 0;
        for (int i = from; i < to; i++) {
            bits = (bits << 8) | (bytes[i] & 0xff);
        }
        return bits;
    }
}
