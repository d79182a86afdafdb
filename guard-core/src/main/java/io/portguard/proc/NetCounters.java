package io.portguard.proc;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/**
 * The kernel's counters of a network namespace, all its ports together, as they were when they were read; immutable.
 * From {@code /proc/net/netstat} and {@code snmp}, where a line of names is followed by one of numbers, and {@code
 * sockstat} and {@code sockstat6}, where they stand in turn.
 */
public final class NetCounters {

    /** Where none can be seen. */
    public static final NetCounters NONE = new NetCounters(Map.of());

    private final Map<String, Long> values;

    private NetCounters(Map<String, Long> values) {
        this.values = Collections.unmodifiableMap(values);
    }

    /** Those of a file in the format of {@code netstat}; none of the lines that are not in it. */
    static NetCounters ofPairs(String text) {
        Map<String, Long> values = new HashMap<>();
        String[] lines = text.split("\n", -1);
        for (int i = 0; i + 1 < lines.length; i += 2) {
            String[] names = lines[i].split(" ", -1);
            String[] numbers = lines[i + 1].split(" ", -1);
            if (!names[0].equals(numbers[0])) {
                continue;
            }
            for (int column = 1; column < Math.min(names.length, numbers.length); column++) {
                put(values, names[0] + names[column], numbers[column]);
            }
        }
        return new NetCounters(values);
    }

    /** Those of a file in the format of {@code sockstat}; none of the lines that are not in it. */
    static NetCounters ofLines(String text) {
        Map<String, Long> values = new HashMap<>();
        for (String line : text.split("\n", -1)) {
            String[] words = line.split(" ", -1);
            for (int i = 1; i + 1 < words.length; i += 2) {
                put(values, words[0] + words[i], words[i + 1]);
            }
        }
        return new NetCounters(values);
    }

    private static void put(Map<String, Long> values, String name, String number) {
        try {
            values.put(name, Long.parseLong(number));
        } catch (NumberFormatException garbage) {
            // Not there, then.
        }
    }

    /**
     * The value of a counter; -1 when it is not there.
     *
     * @param name with its group, {@code TcpExt:ListenOverflows} for instance
     */
    public long get(String name) {
        return values.getOrDefault(name, -1L);
    }

    /** By how much a counter has grown since; 0 when it is not there. */
    public long since(NetCounters earlier, String name) {
        return Math.max(0, get(name) - earlier.values.getOrDefault(name, get(name)));
    }
}
