package io.portguard.jmx;

import io.portguard.client.AddressRanges;
import io.portguard.http.PriorityRule;
import io.portguard.settings.Setting;
import io.portguard.settings.Settings;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Writes the settings that differ from their defaults as {@code application.yml} takes them. */
final class YamlExport {

    private static final String MAIN_PORT = "server";
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9/][A-Za-z0-9/._-]*");
    private static final Pattern RESERVED = Pattern.compile("on|off|yes|no|y|n|null", Pattern.CASE_INSENSITIVE);

    private YamlExport() {}

    /**
     * @param guard whose settings they are; those of another than the service's main port stand below its name
     */
    static String of(Settings settings, String guard) {
        boolean main = guard.equals(MAIN_PORT);
        int outer = main ? 1 : 2;
        StringBuilder yaml = new StringBuilder(main ? "guard:" : "guard:\n  " + scalar(guard) + ":");
        List<String> open = List.of();
        boolean any = false;
        for (Setting<?> setting : settings.all()) {
            if (!settings.isChanged(setting)) {
                continue;
            }
            any = true;
            List<String> path = Arrays.asList(setting.name().split("\\.", -1));
            for (int depth = commonPrefix(open, path); depth < path.size(); depth++) {
                yaml.append('\n')
                        .append("  ".repeat(depth + outer))
                        .append(path.get(depth))
                        .append(':');
            }
            open = path;
            value(yaml, settings, setting, "  ".repeat(path.size() + outer));
        }
        return yaml.append(any ? "\n" : " {}\n").toString();
    }

    private static int commonPrefix(List<String> a, List<String> b) {
        int common = 0;
        while (common < a.size() && common < b.size() - 1 && a.get(common).equals(b.get(common))) {
            common++;
        }
        return common;
    }

    private static void value(StringBuilder yaml, Settings settings, Setting<?> setting, String indent) {
        Object value = settings.values().find(setting);
        List<?> elements = elements(value);
        if (elements == null) {
            yaml.append(' ').append(scalar(value == null ? "" : settings.text(setting)));
        } else if (elements.isEmpty()) {
            yaml.append(" []");
        } else {
            for (Object element : elements) {
                yaml.append('\n').append(indent).append("- ");
                if (element instanceof PriorityRule rule) {
                    yaml.append("path: ").append(scalar(rule.pattern().toString()));
                    if (rule.method() != null) {
                        yaml.append('\n').append(indent).append("  method: ").append(scalar(rule.method()));
                    }
                    yaml.append('\n').append(indent).append("  priority: ").append(rule.priority());
                } else {
                    yaml.append(scalar(element.toString()));
                }
            }
        }
    }

    private static @Nullable List<?> elements(@Nullable Object value) {
        return value instanceof AddressRanges ranges ? ranges.ranges() : value instanceof List<?> list ? list : null;
    }

    /** Plain where YAML reads the same text again; quoted elsewhere, {@code off} for instance, which YAML 1.1 reads as false. */
    private static String scalar(String text) {
        boolean plain = PLAIN.matcher(text).matches() && !RESERVED.matcher(text).matches();
        return plain ? text : "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
