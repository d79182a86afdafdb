package io.portguard;

import org.jspecify.annotations.Nullable;

/**
 * Who a client is, as far as limits are concerned: a network of addresses, or a name taken from a header or
 * an authenticated principal. Immutable; two long words for an address, so that a table of many stays small.
 */
public final class ClientKey {

    private final long high;
    private final long low;
    private final short prefixLength;
    private final @Nullable String name;

    private ClientKey(long high, long low, int prefixLength, @Nullable String name) {
        this.high = high;
        this.low = low;
        this.prefixLength = (short) prefixLength;
        this.name = name;
    }

    /** The client that is this one address. */
    public static ClientKey of(IpAddress address) {
        return of(address, 128);
    }

    /**
     * The client that is the whole network around an address.
     *
     * @param prefixLength of the address's IPv6 form, 0 to 128: 96 + n for an IPv4 network of length n
     */
    public static ClientKey of(IpAddress address, int prefixLength) {
        IpAddress network = address.network(prefixLength);
        return new ClientKey(network.high(), network.low(), prefixLength, null);
    }

    /** The client of this name: a header's value, a principal. */
    public static ClientKey named(String name) {
        return new ClientKey(0, 0, 0, name);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ClientKey that
                && high == that.high
                && low == that.low
                && prefixLength == that.prefixLength
                && (name == null ? that.name == null : name.equals(that.name));
    }

    @Override
    public int hashCode() {
        return name != null ? name.hashCode() : Long.hashCode((high * 0x9e37_79b9_7f4a_7c15L ^ low) * 31);
    }

    /** An address, a network as {@code address/length}, or the name. */
    @Override
    public String toString() {
        if (name != null) {
            return name;
        }
        IpAddress network = IpAddress.of(high, low);
        int length = network.isIpv4() && prefixLength >= 96 ? prefixLength - 96 : prefixLength;
        boolean single = prefixLength == 128;
        return single ? network.toString() : network + "/" + length;
    }
}
