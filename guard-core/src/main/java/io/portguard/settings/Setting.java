package io.portguard.settings;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One setting of a guard: its dotted name, what its values are, and whether it can be tuned while the guard
 * runs. Immutable; told apart by name.
 *
 * @param name as in {@code application.yml} below {@code guard.}, {@code clients.rate} for instance
 * @param description one sentence
 * @param type of its values
 * @param defaultValue the value unless configured; null when it is unset then
 * @param optional whether it may be unset
 * @param tunable whether it can be changed while the guard runs
 */
public record Setting<T>(
        String name,
        String description,
        SettingType<T> type,
        @Nullable T defaultValue,
        boolean optional,
        boolean tunable) {

    /** A setting that always has a value and can be tuned. */
    public static <T> Setting<T> of(String name, SettingType<T> type, T defaultValue, String description) {
        return new Setting<>(name, description, type, defaultValue, false, true);
    }

    /** A setting that has no value unless it is given one, and can be tuned. */
    public static <T> Setting<T> unset(String name, SettingType<T> type, String description) {
        return new Setting<>(name, description, type, null, true, true);
    }

    /** The same setting, not to be changed while the guard runs. */
    public Setting<T> fixed() {
        return new Setting<>(name, description, type, defaultValue, optional, false);
    }

    /** The same setting with another default. */
    public Setting<T> withDefault(T value) {
        return new Setting<>(name, description, type, value, optional, tunable);
    }

    /**
     * The same setting with another default, as text.
     *
     * @throws InvalidSettingException when it is none
     */
    public Setting<T> withDefaultText(String text) {
        return new Setting<>(name, description, type, parse(text), optional, tunable);
    }

    /** The name in CamelCase, as the attribute of the MXBean is called: {@code ClientsRate}. */
    public String attributeName() {
        StringBuilder attribute = new StringBuilder();
        for (String word : name.split("[.-]", -1)) {
            attribute.append(Character.toUpperCase(word.charAt(0))).append(word, 1, word.length());
        }
        return attribute.toString();
    }

    /** What a value has to be. */
    public String expected() {
        return type.expected() + (optional ? ", or unset" : "");
    }

    /**
     * The value that the text writes; null for unset.
     *
     * @throws InvalidSettingException when it writes none
     */
    @Nullable
    T parse(String text) {
        if (optional && SettingType.isUnset(text)) {
            return null;
        }
        Optional<T> value;
        try {
            value = type.parse().apply(text);
        } catch (IllegalArgumentException refused) {
            String why = refused.getMessage();
            throw new InvalidSettingException(name, text, why == null ? expected() : why);
        }
        return value.orElseThrow(() -> new InvalidSettingException(name, text, expected()));
    }

    String format(@Nullable Object value) {
        if (value == null) {
            return "unset";
        }
        @SuppressWarnings("unchecked") // only values that parse() or the default gave are ever kept for a setting
        T own = (T) value;
        return type.format().apply(own);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Setting<?> that && name.equals(that.name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return name;
    }
}
