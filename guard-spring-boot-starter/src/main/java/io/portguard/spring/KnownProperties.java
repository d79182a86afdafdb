package io.portguard.spring;

import io.portguard.NanoClock;
import io.portguard.settings.Setting;
import io.portguard.settings.Settings;
import io.portguard.standard.StandardSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** The {@code guard.*} properties that there are, what each has to be, and which of them a misspelled one may mean. */
final class KnownProperties {

    static final String PREFIX = "guard.";

    private static final int NEAREST = 3;
    private static final String PRIORITIES = PREFIX + StandardSettings.REQUESTS_PRIORITIES.name();

    private KnownProperties() {}

    /** What the value of a property has to be; an element of a list is known by the list. */
    static String expected(String property) {
        String name = property.replaceAll("\\[[^]]*]", "");
        if (name.equals(PREFIX + "enabled")) {
            return "true or false";
        }
        if (name.equals(Preflight.PROPERTY)) {
            return "off, warn or fail";
        }
        if (name.equals(PRIORITIES + ".priority")) {
            return GuardSettings.expectedPriority();
        }
        return StandardSettings.all().stream()
                .filter(setting -> name.equals(PREFIX + setting.name()))
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

    /** The properties of the settings that a sentence names, in its order. */
    static List<String> namedIn(String sentence) {
        return Arrays.stream(sentence.split(" ", -1))
                .filter(word -> StandardSettings.all().stream()
                        .anyMatch(setting -> setting.name().equals(word)))
                .map(word -> PREFIX + word)
                .toList();
    }

    static String defaultText(String property) {
        Settings defaults = new Settings(StandardSettings.all(), List.of(), Map.of(), NanoClock.system());
        return defaults.defaultText(defaults.named(property.substring(PREFIX.length())));
    }

    /** All names; an element of a list stands with the index 0. */
    static List<String> all() {
        List<String> names = new ArrayList<>();
        names.add(PREFIX + "enabled");
        names.add(Preflight.PROPERTY);
        for (Setting<?> setting : StandardSettings.all()) {
            names.add(PREFIX + setting.name());
        }
        for (String part : List.of("path", "method", "priority")) {
            names.add(PRIORITIES + "[0]." + part);
        }
        return names;
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
