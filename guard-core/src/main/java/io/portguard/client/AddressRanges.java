package io.portguard.client;

import io.portguard.IpAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A set of {@link AddressRange}s, immutable; a look-up is one binary search and allocates nothing. */
public final class AddressRanges {

    public static final AddressRanges NONE = new AddressRanges(List.of());

    private static final AddressRange IPV4 = AddressRange.of(IpAddress.ofIpv4(0), 96);

    /*
     * Bounds are in arrays of longs, so that a search follows no reference. It looks at one word alone: the number of an
     * IPv4 address, which is most of what there is, or the upper half of an IPv6 address. In signed order, which for upper
     * halves has the sign bit turned.
     */
    private final long[] ipv4Firsts;
    private final long[] ipv4Lasts;
    private final long[] highs;

    private final List<AddressRange> merged;
    private final List<AddressRange> declared;

    public AddressRanges(List<AddressRange> ranges) {
        declared = List.copyOf(ranges);
        merged = merge(declared);
        highs = merged.stream().mapToLong(range -> ordered(range.first())).toArray();
        List<AddressRange> ipv4 = merged.stream()
                .filter(range -> range.first().compareTo(IPV4.last()) <= 0
                        && range.last().compareTo(IPV4.first()) >= 0)
                .toList();
        ipv4Firsts = ipv4.stream()
                .mapToLong(range -> range.contains(IPV4.first()) ? 0 : number(range.first()))
                .toArray();
        ipv4Lasts = ipv4.stream()
                .mapToLong(range -> number(range.contains(IPV4.last()) ? IPV4.last() : range.last()))
                .toArray();
    }

    private static long number(IpAddress ipv4) {
        return ipv4.low() & 0xffff_ffffL;
    }

    private static long ordered(IpAddress address) {
        return address.high() ^ Long.MIN_VALUE;
    }

    public boolean isEmpty() {
        return merged.isEmpty();
    }

    public boolean contains(IpAddress address) {
        if (address.isIpv4()) {
            long number = number(address);
            int at = lastNotAbove(ipv4Firsts, number);
            return at >= 0 && number <= ipv4Lasts[at];
        }
        long high = ordered(address);
        int at = lastNotAbove(highs, high);
        if (at >= 0 && highs[at] == high) {
            int before = high == Long.MIN_VALUE ? -1 : lastNotAbove(highs, high - 1);
            return isInOneOf(address, before, at);
        }
        return at >= 0 && merged.get(at).last().compareTo(address) >= 0;
    }

    /** Ranges from and to which the upper half of the address does not tell apart. */
    private boolean isInOneOf(IpAddress address, int from, int to) {
        int low = Math.max(from, 0);
        int high = to;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            AddressRange range = merged.get(middle);
            if (range.first().compareTo(address) > 0) {
                high = middle - 1;
            } else if (range.last().compareTo(address) < 0) {
                low = middle + 1;
            } else {
                return true;
            }
        }
        return false;
    }

    /** Without a branch that could be predicted wrong, as every second one would be. */
    private static int lastNotAbove(long[] firsts, long number) {
        int base = 0;
        for (int rest = firsts.length; rest > 1; rest -= rest >>> 1) {
            int middle = base + (rest >>> 1);
            base = firsts[middle] <= number ? middle : base;
        }
        return firsts.length > 0 && firsts[base] <= number ? base : -1;
    }

    /** The ranges as they were given. */
    public List<AddressRange> ranges() {
        return declared;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AddressRanges that && declared.equals(that.declared);
    }

    @Override
    public int hashCode() {
        return declared.hashCode();
    }

    @Override
    public String toString() {
        return declared.toString();
    }

    private static List<AddressRange> merge(List<AddressRange> ranges) {
        List<AddressRange> sorted = new ArrayList<>(ranges);
        sorted.sort(Comparator.comparing(AddressRange::first));
        List<AddressRange> merged = new ArrayList<>();
        for (AddressRange range : sorted) {
            AddressRange before = merged.isEmpty() ? null : merged.get(merged.size() - 1);
            if (before == null || before.last().compareTo(range.first()) < 0) {
                merged.add(range);
            } else if (before.last().compareTo(range.last()) < 0) {
                merged.set(merged.size() - 1, new AddressRange(before.first(), range.last()));
            }
        }
        return merged;
    }
}
