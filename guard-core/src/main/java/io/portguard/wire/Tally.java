package io.portguard.wire;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts by name. Thread-safe; counts never go back. The names come from code and configuration and never from a
 * client, so that there are few of them.
 */
public final class Tally {

    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

    public void add(String name) {
        LongAdder count = counts.get(name);
        if (count == null) {
            count = counts.computeIfAbsent(name, absent -> new LongAdder());
        }
        count.increment();
    }

    public long count(String name) {
        LongAdder count = counts.get(name);
        return count == null ? 0 : count.sum();
    }

    /** All that was counted so far, in the order of the names. */
    public Map<String, Long> counts() {
        Map<String, Long> all = new TreeMap<>();
        counts.forEach((name, count) -> all.put(name, count.sum()));
        return all;
    }
}
