package io.portguard.standard;

import io.portguard.http.HttpAttempts;
import io.portguard.http.PathPattern;
import io.portguard.http.PriorityRule;
import io.portguard.settings.Setting;
import io.portguard.settings.SettingValues;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says what rules probably mean otherwise than they were meant: they are over-broad, without effect, or below what was used
 * lately. Nothing is refused for it. What is new is logged when the settings change, at the start above all. Thread-safe.
 */
final class RuleLint {

    /*
     * Server names and signatures are not here: those that are over-broad or cannot be reached are turned down when they
     * are read, for nobody can mean them.
     */

    private static final System.Logger LOGGER = System.getLogger(RuleLint.class.getName());

    private final String guard;
    private final AccessLists access;
    private final HttpAttempts attempts;
    private final PeakUse used;
    private Set<String> logged = Set.of();

    RuleLint(String guard, AccessLists access, HttpAttempts attempts, PeakUse used) {
        this.guard = guard;
        this.access = access;
        this.attempts = attempts;
        this.used = used;
    }

    /** Logs what these settings have brought. */
    synchronized void apply(SettingValues values) {
        List<String> present = all(values);
        for (String notice : present) {
            if (!logged.contains(notice)) {
                LOGGER.log(Level.WARNING, () -> "Guard \"" + guard + "\": " + notice);
            }
        }
        logged = new HashSet<>(present);
    }

    List<String> all(SettingValues values) {
        List<String> notices = new ArrayList<>();
        new AccessLint(
                        access.allow(),
                        access.deny(),
                        values.get(StandardSettings.CLIENTS_TRUSTED_PROXIES),
                        attempts.probePeers())
                .addTo(notices);
        addPaths(
                values.get(StandardSettings.REQUESTS_PRIORITIES),
                values.get(StandardSettings.REQUESTS_EXEMPT),
                notices);
        if (values.get(StandardSettings.REQUESTS_STREAMS).stream().anyMatch(PathPattern::matchesAll)) {
            notices.add(StandardSettings.REQUESTS_STREAMS
                    + ": all requests give their places back with the first byte of their answers.");
        }
        addBelowUse(values, notices);
        addWithoutEffect(values, notices);
        return notices;
    }

    private static void addPaths(List<PriorityRule> rules, List<PathPattern> exempt, List<String> notices) {
        String priorities = StandardSettings.REQUESTS_PRIORITIES.name() + ": ";
        for (PathPattern pattern : exempt) {
            if (pattern.matchesAll()) {
                notices.add(
                        StandardSettings.REQUESTS_EXEMPT + ": " + pattern + " exempts all, nothing is ever refused.");
            }
        }
        for (int i = 0; i < rules.size(); i++) {
            PriorityRule rule = rules.get(i);
            PriorityRule earlier = firstThatCovers(rule, rules.subList(0, i));
            if (earlier != null) {
                notices.add(priorities + "\"" + rule + "\" is never reached, \"" + earlier + "\" is before it.");
            } else if (exempt.stream().anyMatch(pattern -> pattern.covers(rule.pattern()))) {
                notices.add(priorities + "\"" + rule + "\" means nothing, such requests are exempt.");
            }
            if (i == 0 && rule.method() == null && rule.pattern().matchesAll()) {
                notices.add(priorities + "\"" + rule + "\" makes all requests matter alike.");
            }
        }
    }

    private static @Nullable PriorityRule firstThatCovers(PriorityRule rule, List<PriorityRule> earlier) {
        return earlier.stream().filter(each -> each.covers(rule)).findFirst().orElse(null);
    }

    private void addBelowUse(SettingValues values, List<String> notices) {
        below(StandardSettings.CONNECTIONS_MAX, values, used.connections(), "connections were open at once", notices);
        below(
                StandardSettings.CONNECTIONS_MAX_PER_CLIENT,
                values,
                used.connectionsOfClient(),
                "connections of one client were open at once",
                notices);
        below(
                StandardSettings.CONNECTIONS_ACCEPT_RATE,
                values,
                used.accepted(),
                "connections came in a second",
                notices);
        below(StandardSettings.CONCURRENCY_MAX, values, used.requests(), "requests were in progress at once", notices);
        below(
                StandardSettings.CLIENTS_MAX_CONCURRENT,
                values,
                used.requestsOfClient(),
                "requests of one client were in progress at once",
                notices);
    }

    private static void below(
            Setting<? extends Number> setting, SettingValues values, long used, String what, List<String> notices) {
        Number limit = values.find(setting);
        if (limit != null && limit.doubleValue() < used) {
            notices.add(setting + " is " + limit + ", and " + used + " " + what + " within the last hour.");
        }
    }

    private static void addWithoutEffect(SettingValues values, List<String> notices) {
        notBelow(StandardSettings.CONNECTIONS_MAX_PER_CLIENT, StandardSettings.CONNECTIONS_MAX, values, notices);
        notBelow(StandardSettings.CLIENTS_MAX_CONCURRENT, StandardSettings.CONCURRENCY_MAX, values, notices);
        notBelow(
                StandardSettings.CONNECTIONS_ACCEPT_RATE_PER_CLIENT,
                StandardSettings.CONNECTIONS_ACCEPT_RATE,
                values,
                notices);
        boolean punishes = values.find(StandardSettings.PENALTIES_BAN_AT) != null
                || values.find(StandardSettings.PENALTIES_SLOW_AT) != null;
        if (punishes
                && values.get(StandardSettings.PENALTIES_WEIGHTS).stream().allMatch(weight -> weight.points() == 0)) {
            notices.add(StandardSettings.PENALTIES_WEIGHTS + " are all 0, so that nobody is ever punished.");
        }
    }

    private static void notBelow(
            Setting<? extends Number> ofClient,
            Setting<? extends Number> ofAll,
            SettingValues values,
            List<String> notices) {
        Number one = values.find(ofClient);
        Number all = values.find(ofAll);
        if (one != null && all != null && one.doubleValue() >= all.doubleValue()) {
            notices.add(ofClient + " (" + one + ") limits nobody, " + ofAll + " is " + all + ".");
        }
    }
}
