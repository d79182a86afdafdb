package io.portguard.settings;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The values of all settings at one moment. Immutable. */
public final class SettingValues {

    private final Map<String, @Nullable Object> values;

    SettingValues(Map<String, @Nullable Object> values) {
        this.values = new HashMap<>(values);
    }

    /** The value of a setting; null when it is unset. */
    public <T> @Nullable T find(Setting<T> setting) {
        @SuppressWarnings("unchecked") // only values of the setting's own type are ever put
        T value = (T) values.get(setting.name());
        return value;
    }

    /**
     * The value of a setting that always has one.
     *
     * @throws IllegalStateException when it is unset
     */
    public <T> T get(Setting<T> setting) {
        T value = find(setting);
        if (value == null) {
            throw new IllegalStateException(setting.name() + " is unset");
        }
        return value;
    }

    SettingValues with(Setting<?> setting, @Nullable Object value) {
        SettingValues changed = new SettingValues(values);
        changed.values.put(setting.name(), value);
        return changed;
    }
}
