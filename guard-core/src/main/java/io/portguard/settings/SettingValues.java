package io.portguard.settings;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The values of all settings at one moment, and which of them somebody has set. Immutable. */
public final class SettingValues {

    private final Map<String, @Nullable Object> values;
    private final Set<String> set;

    private SettingValues(Map<String, @Nullable Object> values, Set<String> set) {
        this.values = values;
        this.set = set;
    }

    /** The defaults of these settings. */
    static SettingValues defaults(Iterable<Setting<?>> settings) {
        Map<String, @Nullable Object> values = new HashMap<>();
        settings.forEach(setting -> values.put(setting.name(), setting.defaultValue()));
        return new SettingValues(values, Set.of());
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

    /** Whether somebody has given the setting its value, in the configuration or since; otherwise it has its default. */
    boolean isSet(Setting<?> setting) {
        return set.contains(setting.name());
    }

    /** The same where somebody has set this setting. */
    SettingValues with(Setting<?> setting, @Nullable Object value) {
        Set<String> names = new HashSet<>(set);
        names.add(setting.name());
        return new SettingValues(changed(setting, value), names);
    }

    /** The same with another value of a setting that nobody has set. */
    SettingValues withDefault(Setting<?> setting, Object value) {
        return new SettingValues(changed(setting, value), set);
    }

    private Map<String, @Nullable Object> changed(Setting<?> setting, @Nullable Object value) {
        Map<String, @Nullable Object> changed = new HashMap<>(values);
        changed.put(setting.name(), value);
        return changed;
    }
}
