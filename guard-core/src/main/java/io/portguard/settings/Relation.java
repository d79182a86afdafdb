package io.portguard.settings;

import java.util.List;
import java.util.function.Predicate;

/** A relation of any kind. What is a default may be at odds with what was set as well as any other value. */
record Relation(String expected, List<Setting<?>> settings, Predicate<SettingValues> predicate) implements Constraint {

    @Override
    public boolean holds(SettingValues values) {
        return predicate.test(values);
    }

    @Override
    public SettingValues fitted(SettingValues values) {
        return values;
    }

    @Override
    public List<Setting<?>> atOdds(SettingValues values) {
        return settings;
    }
}
