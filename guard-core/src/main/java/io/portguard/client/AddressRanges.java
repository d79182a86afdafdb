package io.portguard.client;

import io.portguard.IpAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A set of {@link AddressRange}s, immutable; a look-up is one binary search and allocates nothing. */
public final class AddressRanges {

    public static final AddressRanges NONE = new AddressRanges(List.of());

    private final List<AddressRange> declared;
    private final IpAddress[] firsts;
    private final IpAddress[] lasts;

    public AddressRanges(List<AddressRange> ranges) {
        declared = List.copyOf(ranges);
        List<AddressRange> merged = merge(declared);
        firsts = merged.stream().map(AddressRange::first).toArray(IpAddress[]::new);
        lasts = merged.stream().map(AddressRange::last).toArray(IpAddress[]::new);
    }

    public boolean isEmpty() {
        return firsts.length == 0;
    }

    public boolean contains(IpAddress address) {
        int low = 0;
        int high = firsts.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (firsts[middle].compareTo(address) > 0) {
                high = middle - 1;
            } else if (lasts[middle].compareTo(address) < 0) {
                low = middle + 1;
            } else {
                return true;
            }
        }
        return false;
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
