package io.portguard.settings;

import java.util.List;
import java.util.function.Predicate;

/**
 * What must hold between several settings.
 *
 * @param expected the relation in words, {@code requests.concurrency.min <= requests.concurrency.max}
 * @param settings those it is about, in the order in which they are to be named
 * @param holds whether it holds
 */
public record Constraint(String expected, List<Setting<?>> settings, Predicate<SettingValues> holds) {

    public Constraint {
        settings = List.copyOf(settings);
    }
}
