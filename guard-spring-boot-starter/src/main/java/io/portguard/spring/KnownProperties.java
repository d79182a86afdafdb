package io.portguard.spring;

import io.portguard.settings.Setting;
import io.portguard.standard.StandardSettings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The {@code guard.*} properties that there are, what each has to be, and which of them a misspelled one may mean. */
final class KnownProperties {

    static final String PREFIX = "guard.";

    /** Before the properties of the guard of a management port. */
    static final String MANAGEMENT = PREFIX + "management.";

    private static final List<String> FLAGS = List.of(PREFIX + "enabled", MANAGEMENT + "enabled");
    private static final List<String> DURATIONS =
            List.of(PREFIX + "readiness.saturated-for", PREFIX + "health.saturated-for");
    private static final int NEAREST = 3;
    private static final String PRIORITIES = PREFIX + StandardSettings.REQUESTS_PRIORITIES.name();

    private KnownProperties() {}

    /** What the value of a property has to be; an element of a list is known by the list. */
    static String expected(String property) {
        String name = property.replaceAll("\\[[^]]*]", "");
        if (FLAGS.contains(name)) {
            return "true or false";
        }
        if (name.equals(Preflight.PROPERTY)) {
            return "off, warn or fail";
        }
        if (DURATIONS.contains(name)) {
            return Saturation.EXPECTED;
        }
        if (name.equals(PRIORITIES + ".priority")) {
            return GuardSettings.expectedPriority();
        }
        return StandardSettings.all().stream()
                .filter(setting -> name.equals(PREFIX + setting.name()) || name.equals(MANAGEMENT + setting.name()))
                .map(Setting::expected)
                .findFirst()
                .orElse("another property below it, or none of this name");
    }

    /** The properties whose names are most like this one, most like first. */
    static List<String> nearest(String property) {
        String name = property.replaceAll("\\[\\d+]", "[0]");
        return all().stream()
                .sorted(Comparator.comparingInt(known -> distance(name, known)))
                .limit(NEAREST)
                .toList();
    }

    /** All names; an element of a list stands with the index 0. */
    static List<String> all() {
        List<String> names = new ArrayList<>();
        names.add(Preflight.PROPERTY);
        names.addAll(FLAGS);
        names.addAll(DURATIONS);
        for (Setting<?> setting : StandardSettings.all()) {
            names.add(PREFIX + setting.name());
            if (isOfConnections(setting)) {
                names.add(MANAGEMENT + setting.name());
            }
        }
        for (String part : List.of("path", "method", "priority")) {
            names.add(PRIORITIES + "[0]." + part);
        }
        return names;
    }

    /** Whether the guard of a management port, which sees no requests, has this setting. */
    static boolean isOfConnections(Setting<?> setting) {
        return setting.equals(StandardSettings.MODE)
                || setting.name().startsWith("connections.")
                || setting.name().startsWith("access.");
    }

    /** How many letters have to be put in, left out or changed to make one of the other (Levenshtein). */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
