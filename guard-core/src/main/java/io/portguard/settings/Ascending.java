package io.portguard.settings;

import java.util.List;

/** An order in which defaults give way to what was set, so that only what was set can be at odds with it. */
record Ascending<T extends Comparable<T>>(String expected, List<Setting<T>> settings) implements Constraint {

    @Override
    public boolean holds(SettingValues values) {
        for (int i = 1; i < settings.size(); i++) {
            if (isGreater(values.get(settings.get(i - 1)), values.get(settings.get(i)))) {
                return false;
            }
        }
        return true;
    }

    /*
     * Each default goes as far as the greatest of those set before it and the least of those set behind it. Bounds so found
     * ascend with the settings, and so do the defaults, hence what comes out ascends if what was set does.
     */
    @Override
    public SettingValues fitted(SettingValues values) {
        SettingValues fitted = values;
        for (int i = 0; i < settings.size(); i++) {
            Setting<T> setting = settings.get(i);
            if (!values.isSet(setting)) {
                fitted = fitted.withDefault(setting, between(i, values));
            }
        }
        return fitted;
    }

    private T between(int index, SettingValues values) {
        T value = values.get(settings.get(index));
        for (int i = 0; i < settings.size(); i++) {
            Setting<T> other = settings.get(i);
            if (values.isSet(other)) {
                T bound = values.get(other);
                if (i < index ? isGreater(bound, value) : isGreater(value, bound)) {
                    value = bound;
                }
            }
        }
        return value;
    }

    @Override
    public List<Setting<T>> atOdds(SettingValues values) {
        return settings.stream().filter(values::isSet).toList();
    }

    private static <T extends Comparable<T>> boolean isGreater(T one, T other) {
        return one.compareTo(other) > 0;
    }
}
