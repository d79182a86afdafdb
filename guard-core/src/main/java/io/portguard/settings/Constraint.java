package io.portguard.settings;

import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What must hold between several settings. Immutable. */
public sealed interface Constraint permits Ascending, Relation {

    /**
     * That this relation holds, whoever has set them.
     *
     * @param expected the relation in words, {@code clients.burst only together with clients.rate}
     * @param settings those it is about, in the order in which they are to be named
     * @param holds whether it holds
     */
    static Constraint of(String expected, List<Setting<?>> settings, Predicate<SettingValues> holds) {
        return new Relation(expected, List.copyOf(settings), holds);
    }

    /**
     * That none of these settings is greater than the next. All of them have defaults, which ascend, and a default gives way
     * to what somebody has set: a highest value of 10, set alone, takes an initial one of 20 by default down to 10.
     */
    static <T extends Comparable<T>> Constraint ascending(List<Setting<T>> settings) {
        return new Ascending<>(
                settings.stream().map(Setting::name).collect(Collectors.joining(" <= ")), List.copyOf(settings));
    }

    /** The relation in words. */
    String expected();

    boolean holds(SettingValues values);

    /** The same values, where defaults have given way to those that were set. */
    SettingValues fitted(SettingValues values);

    /** Those settings that are to be named when it does not hold. */
    List<? extends Setting<?>> atOdds(SettingValues values);
}
