package io.portguard.standard;

import io.portguard.Rule;
import io.portguard.rule.StandardRules;
import io.portguard.settings.Constraint;
import io.portguard.settings.Setting;
import io.portguard.settings.SettingValues;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What must hold between the standard guard's settings. */
final class StandardConstraints {

    private static final List<Constraint> ALL = List.of(
            Constraint.ascending(List.of(
                    StandardSettings.CONCURRENCY_MIN,
                    StandardSettings.CONCURRENCY_INITIAL,
                    StandardSettings.CONCURRENCY_MAX)),
            Constraint.of(
                    "penalties.slow-at < penalties.ban-at",
                    List.of(StandardSettings.PENALTIES_SLOW_AT, StandardSettings.PENALTIES_BAN_AT),
                    StandardConstraints::slowsBeforeItBans),
            burstNeedsRate(StandardSettings.CLIENTS_BURST, StandardSettings.CLIENTS_RATE),
            burstNeedsRate(StandardSettings.CONNECTIONS_ACCEPT_BURST, StandardSettings.CONNECTIONS_ACCEPT_RATE),
            burstNeedsRate(
                    StandardSettings.CONNECTIONS_ACCEPT_BURST_PER_CLIENT,
                    StandardSettings.CONNECTIONS_ACCEPT_RATE_PER_CLIENT));

    private StandardConstraints() {}

    /** All of them for a guard that has these rules of its user's beside the standard ones. */
    static List<Constraint> with(List<Rule> rules) {
        Set<String> names = new LinkedHashSet<>(StandardRules.NAMES);
        rules.forEach(rule -> names.add(rule.name()));
        List<Constraint> constraints = new ArrayList<>(ALL);
        constraints.add(Constraint.of(
                "names of rules, of " + String.join(", ", names),
                List.of(StandardSettings.SHADOW_RULES),
                values -> names.containsAll(values.get(StandardSettings.SHADOW_RULES))));
        return constraints;
    }

    private static boolean slowsBeforeItBans(SettingValues values) {
        Integer slowAt = values.find(StandardSettings.PENALTIES_SLOW_AT);
        Integer banAt = values.find(StandardSettings.PENALTIES_BAN_AT);
        return slowAt == null || banAt == null || slowAt < banAt;
    }

    private static Constraint burstNeedsRate(Setting<Double> burst, Setting<Double> rate) {
        return Constraint.of(
                burst.name() + " only together with " + rate.name(),
                List.of(burst, rate),
                values -> values.find(burst) == null || values.find(rate) != null);
    }
}
