package io.portguard;

import org.jspecify.annotations.Nullable;

/**
 * Who a client is, as far as limits are concerned: a network of addresses, or a name taken from a header or
 * an authenticated principal. Immutable, and small, as tables hold many.
 */
public abstract sealed class ClientKey {

    private static final int HALF = 64;
    /** An odd number near 2^64 over the golden ratio, which spreads what differs in few bits. */
    private static final long MIX = 0x9e37_79b9_7f4a_7c15L;

    private ClientKey() {}

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
        long high = network.high();
        long low = network.low();
        if (prefixLength <= HALF) {
            return new Network(high, prefixLength);
        }
        return high == 0 ? new Network(low, prefixLength) : new LongNetwork(high, low, prefixLength);
    }

    /** The client of this name: a header's value, a principal. */
    public static ClientKey named(String name) {
        return new Named(name);
    }

    /** Whether it is a name, and not a network of addresses. */
    public boolean isNamed() {
        return this instanceof Named;
    }

    /** An address, a network as {@code address/length}, or the name. */
    @Override
    public abstract String toString();

    /*
     * All kinds are ordered only so that a hash table stays fast when somebody chooses addresses or names of the
     * same hash on purpose: the bins of java.util.concurrent.ConcurrentHashMap then become trees.
     */

    /**
     * A network of which one half says all: the upper one up to a length of 64, as most IPv6 clients have, the lower one of
     * longer ones whose upper half is zero, as all of IPv4 are. 24 bytes on the heap.
     */
    private static final class Network extends ClientKey implements Comparable<Network> {

        private final long half;
        private final short prefixLength;

        private Network(long half, int prefixLength) {
            this.half = half;
            this.prefixLength = (short) prefixLength;
        }

        @Override
        public int compareTo(Network other) {
            int byHalf = Long.compare(half, other.half);
            return byHalf != 0 ? byHalf : Short.compare(prefixLength, other.prefixLength);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Network that && half == that.half && prefixLength == that.prefixLength;
        }

        @Override
        public int hashCode() {
            // Neighbouring IPv4 addresses fall into places of their own in a hash table; networks of IPv6 have to be
            // spread.
            return Long.hashCode((prefixLength <= HALF ? half * MIX : half) * 31);
        }

        @Override
        public String toString() {
            return prefixLength <= HALF ? text(half, 0, prefixLength) : text(0, half, prefixLength);
        }
    }

    /** Any other network: 32 bytes on the heap. */
    private static final class LongNetwork extends ClientKey implements Comparable<LongNetwork> {

        private final long high;
        private final long low;
        private final short prefixLength;

        private LongNetwork(long high, long low, int prefixLength) {
            this.high = high;
            this.low = low;
            this.prefixLength = (short) prefixLength;
        }

        @Override
        public int compareTo(LongNetwork other) {
            int byHigh = Long.compare(high, other.high);
            int byLow = byHigh != 0 ? byHigh : Long.compare(low, other.low);
            return byLow != 0 ? byLow : Short.compare(prefixLength, other.prefixLength);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof LongNetwork that
                    && high == that.high
                    && low == that.low
                    && prefixLength == that.prefixLength;
        }

        @Override
        public int hashCode() {
            return Long.hashCode((high * MIX ^ low) * 31);
        }

        @Override
        public String toString() {
            return text(high, low, prefixLength);
        }
    }

    private static String text(long high, long low, int prefixLength) {
        IpAddress network = IpAddress.of(high, low);
        int length = network.isIpv4() && prefixLength >= 96 ? prefixLength - 96 : prefixLength;
        boolean single = prefixLength == 128;
        return single ? network.toString() : network + "/" + length;
    }

    private static final class Named extends ClientKey implements Comparable<Named> {

        private final String name;

        private Named(String name) {
            this.name = name;
        }

        @Override
        public int compareTo(Named other) {
            return name.compareTo(other.name);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Named that && name.equals(that.name);
        }

        @Override
        public int hashCode() {
            return name.hashCode();
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
