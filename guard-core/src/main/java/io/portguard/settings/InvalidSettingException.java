package io.portguard.settings;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Says that a value is none for its setting, or that several do not fit together, and what was expected. */
public final class InvalidSettingException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;
    private static final int MAX_SHOWN = 100;

    private final LinkedHashMap<String, String> values;
    private final String expected;

    public InvalidSettingException(String setting, String value, String expected) {
        this(Map.of(setting, value), expected);
    }

    /** @param values those that do not fit together, by the dotted names of their settings */
    InvalidSettingException(Map<String, String> values, String expected) {
        super(values.entrySet().stream()
                .map(each -> each.getKey() + ": \"" + shown(each.getValue()) + "\"")
                .collect(Collectors.joining(", ", "", " (expected: " + expected + ")")));
        this.values = new LinkedHashMap<>(values);
        this.expected = expected;
    }

    /** What is not acceptable, by the dotted name of its setting; more than one when each is right by itself. */
    public Map<String, String> values() {
        return values;
    }

    /** What a value has to be, or how several have to be to each other. */
    public String expected() {
        return expected;
    }

    private static String shown(String value) {
        String printable = value.replaceAll("\\p{Cntrl}", "?");
        return printable.length() <= MAX_SHOWN ? printable : printable.substring(0, MAX_SHOWN) + "…";
    }
}
