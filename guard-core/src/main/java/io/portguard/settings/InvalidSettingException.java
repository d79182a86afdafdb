package io.portguard.settings;

/** Says that a value is none for its setting, and what was expected; nothing was changed. */
public final class InvalidSettingException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;
    private static final int MAX_SHOWN = 100;

    private final String setting;
    private final String value;
    private final String expected;

    public InvalidSettingException(String setting, String value, String expected) {
        super(setting + ": \"" + shown(value) + "\" (expected: " + expected + ")");
        this.setting = setting;
        this.value = value;
        this.expected = expected;
    }

    /** The dotted name of the setting. */
    public String setting() {
        return setting;
    }

    public String value() {
        return value;
    }

    /** What a value has to be. */
    public String expected() {
        return expected;
    }

    private static String shown(String value) {
        String printable = value.replaceAll("\\p{Cntrl}", "?");
        return printable.length() <= MAX_SHOWN ? printable : printable.substring(0, MAX_SHOWN) + "…";
    }
}
