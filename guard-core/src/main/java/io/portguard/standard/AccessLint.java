package io.portguard.standard;

import io.portguard.IpAddress;
import io.portguard.client.AddressRange;
import io.portguard.client.AddressRanges;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What is probably not meant in the lists of who may connect. Immutable.
 *
 * @param allow who may connect, files included
 * @param deny who may not, files included
 * @param trustedProxies who forwards for others
 * @param probes where health probes have come from
 */
record AccessLint(AddressRanges allow, AddressRanges deny, AddressRanges trustedProxies, Set<IpAddress> probes) {

    /** Among thousands of ranges nobody wants to hear of each. */
    private static final int AT_MOST = 10;

    /** Ranges of a list that are compared with those of another one by one; longer lists come from other machines. */
    private static final int COMPARED = 1_000;

    private static final List<AddressRange> LOOPBACK = List.of(range("127.0.0.0/8"), range("::1"));

    private static AddressRange range(String text) {
        return AddressRange.parse(text).orElseThrow();
    }

    void addTo(List<String> notices) {
        some(notices, this::addHarmful);
        some(notices, this::addProbes);
        some(notices, this::addEverybody);
        some(notices, this::addWithin);
        some(notices, this::addContradictions);
    }

    private static void some(List<String> notices, Consumer<List<String>> check) {
        List<String> found = new ArrayList<>();
        check.accept(found);
        notices.addAll(found.subList(0, Math.min(found.size(), AT_MOST)));
        if (found.size() > AT_MOST) {
            notices.add("… and " + (found.size() - AT_MOST) + " more of these.");
        }
    }

    private void addHarmful(List<String> notices) {
        for (AddressRange denied : deny.ranges()) {
            for (AddressRange proxy : trustedProxies.ranges()) {
                if (overlap(denied, proxy)) {
                    notices.add("access.deny: " + denied + " holds trusted proxies (" + proxy
                            + "): what they ask for themselves, health checks among it, is refused.");
                }
            }
            for (AddressRange loopback : LOOPBACK) {
                if (overlap(denied, loopback)) {
                    notices.add("access.deny: " + denied + " holds loopback addresses (" + loopback
                            + "): probes and agents on this machine are refused.");
                }
            }
        }
    }

    private void addProbes(List<String> notices) {
        for (IpAddress probe : probes.stream().sorted().toList()) {
            if (deny.contains(probe)) {
                notices.add("access.deny holds " + probe + ", from where health probes come: they cannot connect.");
            } else if (!allow.isEmpty() && !allow.contains(probe)) {
                notices.add("access.allow lacks " + probe + ", from where health probes come: they cannot connect.");
            }
        }
    }

    private void addEverybody(List<String> notices) {
        for (AddressRange denied : deny.ranges()) {
            if (isEverybody(denied)) {
                notices.add("access.deny: " + denied + " refuses everybody.");
            }
        }
        for (AddressRange allowed : allow.ranges()) {
            if (isEverybody(allowed)) {
                notices.add("access.allow: " + allowed + " lets everybody in.");
            }
        }
    }

    private static boolean isEverybody(AddressRange range) {
        return range.toString().endsWith("/0");
    }

    private void addWithin(List<String> notices) {
        List<AddressRange> sorted = new ArrayList<>(deny.ranges());
        // Of those that begin alike, the widest first.
        sorted.sort(Comparator.comparing(AddressRange::first)
                .thenComparing(Comparator.comparing(AddressRange::last).reversed()));
        AddressRange widest = null;
        for (AddressRange range : sorted) {
            if (widest != null && contains(widest, range)) {
                notices.add("access.deny: " + range + " adds nothing, it is in " + widest + ".");
            } else {
                widest = range;
            }
        }
    }

    private void addContradictions(List<String> notices) {
        if (allow.isEmpty()) {
            return;
        }
        for (AddressRange allowed : some(allow)) {
            AddressRange denied = first(deny, each -> contains(each, allowed));
            if (denied != null) {
                notices.add("access.allow: " + allowed + " lets nobody in, access.deny refuses " + denied + ".");
            }
        }
        for (AddressRange denied : some(deny)) {
            if (first(allow, each -> overlap(each, denied)) == null) {
                notices.add("access.deny: " + denied + " adds nothing, it is not in access.allow.");
            }
        }
    }

    private static List<AddressRange> some(AddressRanges ranges) {
        return ranges.ranges().subList(0, Math.min(ranges.ranges().size(), COMPARED));
    }

    private static @Nullable AddressRange first(AddressRanges ranges, Predicate<AddressRange> such) {
        for (AddressRange range : ranges.ranges()) {
            if (such.test(range)) {
                return range;
            }
        }
        return null;
    }

    private static boolean contains(AddressRange outer, AddressRange inner) {
        return outer.contains(inner.first()) && outer.contains(inner.last());
    }

    private static boolean overlap(AddressRange a, AddressRange b) {
        return a.contains(b.first()) || b.contains(a.first());
    }
}
