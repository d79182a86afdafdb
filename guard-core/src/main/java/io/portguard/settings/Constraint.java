package io.portguard.settings;

import java.util.function.Predicate;

/**
 * What must hold between several settings.
 *
 * @param expected the relation in words, {@code requests.concurrency.min <= requests.concurrency.max}
 * @param holds whether it holds
 */
public record Constraint(String expected, Predicate<SettingValues> holds) {}
