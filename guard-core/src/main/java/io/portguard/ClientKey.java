package io.portguard;

import org.jspecify.annotations.Nullable;

/**
 * Who a client is, as far as limits are concerned: a network of addresses, or a name taken from a header or
 * an authenticated principal. Immutable, and small, as tables hold many.
 */
public abstract sealed class ClientKey {

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
        return new Network(network.high(), network.low(), prefixLength);
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
     * Both kinds are ordered only so that a hash table stays fast when somebody chooses addresses or names of the
     * same hash on purpose: the bins of java.util.concurrent.ConcurrentHashMap then become trees.
     */

    /** Two long words and a length: 32 bytes on the heap. */
    private static final class Network extends ClientKey implements Comparable<Network> {

        private final long high;
        private final long low;
        private final short prefixLength;

        private Network(long high, long low, int prefixLength) {
            this.high = high;
            this.low = low;
            this.prefixLength = (short) prefixLength;
        }

        @Override
        public int compareTo(Network other) {
            int byHigh = Long.compare(high, other.high);
            int byLow = byHigh != 0 ? byHigh : Long.compare(low, other.low);
            return byLow != 0 ? byLow : Short.compare(prefixLength, other.prefixLength);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Network that
                    && high == that.high
                    && low == that.low
                    && prefixLength == that.prefixLength;
        }

        @Override
        public int hashCode() {
            return Long.hashCode((high * 0x9e37_79b9_7f4a_7c15L ^ low) * 31);
        }

        @Override
        public String toString() {
            IpAddress network = IpAddress.of(high, low);
            int length = network.isIpv4() && prefixLength >= 96 ? prefixLength - 96 : prefixLength;
            boolean single = prefixLength == 128;
            return single ? network.toString() : network + "/" + length;
        }
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
