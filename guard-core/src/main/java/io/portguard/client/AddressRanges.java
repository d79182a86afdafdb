package io.portguard.client;

import io.portguard.IpAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A set of {@link AddressRange}s, immutable; a look-up is one binary search and allocates nothing. */
public final class AddressRanges {

    public static final AddressRanges NONE = new AddressRanges(List.of());

    /** In two longs each, so that a search runs along two arrays and follows no reference. */
    private final long[] firsts;

    private final long[] lasts;
    private final List<AddressRange> declared;

    public AddressRanges(List<AddressRange> ranges) {
        declared = List.copyOf(ranges);
        List<AddressRange> merged = merge(declared);
        firsts = new long[merged.size() * 2];
        lasts = new long[merged.size() * 2];
        for (int i = 0; i < merged.size(); i++) {
            put(merged.get(i).first(), firsts, i);
            put(merged.get(i).last(), lasts, i);
        }
    }

    private static void put(IpAddress address, long[] addresses, int at) {
        // With the sign bit turned, the order of signed numbers is that of addresses.
        addresses[at * 2] = address.high() ^ Long.MIN_VALUE;
        addresses[at * 2 + 1] = address.low() ^ Long.MIN_VALUE;
    }

    public boolean isEmpty() {
        return firsts.length == 0;
    }

    public boolean contains(IpAddress address) {
        long high = address.high() ^ Long.MIN_VALUE;
        long low = address.low() ^ Long.MIN_VALUE;
        int from = 0;
        int to = firsts.length >> 1;
        while (from < to) {
            int middle = (from + to) >>> 1;
            long first = firsts[middle * 2];
            if (first < high || (first == high && firsts[middle * 2 + 1] <= low)) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        // The last range that begins at the address or before it.
        int at = (from - 1) * 2;
        return at >= 0 && (lasts[at] > high || (lasts[at] == high && lasts[at + 1] >= low));
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
