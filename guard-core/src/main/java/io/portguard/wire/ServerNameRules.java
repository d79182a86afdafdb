package io.portguard.wire;

import io.portguard.Mode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Rules by the server name that a TLS client asks for; the first that matches holds, and what none matches is let in.
 * Immutable.
 */
public final class ServerNameRules {

    /*
     * A list is turned down when it cannot be what its author meant:
     *
     * - A rule behind one that takes all its names is never reached.
     * - A wildcard that refuses every name, or all below a top-level domain, must stand behind a rule that lets some of
     *   these names in: whoever has thought of what is to stay has thought of what is to go.
     * - To allow what nothing behind it refuses does nothing. Its author expects it to refuse all others, which is what
     *   the last rule has to say.
     */

    public static final ServerNameRules NONE = new ServerNameRules(List.of());

    private static final int MAX_RULES = 1_000;

    private final List<ServerNameRule> rules;

    private ServerNameRules(List<ServerNameRule> rules) {
        this.rules = rules;
    }

    /**
     * Reads a list of rules, separated by commas.
     *
     * @throws IllegalArgumentException when a rule is malformed, over-broad or without effect; the message says what
     *     was expected
     */
    public static ServerNameRules parse(String text) {
        List<ServerNameRule> rules = new ArrayList<>();
        if (!text.isBlank()) {
            for (String element : text.split(",", -1)) {
                rules.add(ServerNameRule.parse(element));
            }
        }
        if (rules.size() > MAX_RULES) {
            throw new IllegalArgumentException("at most " + MAX_RULES + " rules; there are " + rules.size());
        }
        for (int i = 0; i < rules.size(); i++) {
            check(rules.get(i), rules.subList(0, i), rules.subList(i + 1, rules.size()));
        }
        return rules.isEmpty() ? NONE : new ServerNameRules(List.copyOf(rules));
    }

    private static void check(ServerNameRule rule, List<ServerNameRule> before, List<ServerNameRule> after) {
        for (ServerNameRule earlier : before) {
            if (earlier.covers(rule)) {
                throw new IllegalArgumentException(
                        "rules that can be reached; \"" + rule + "\" is behind \"" + earlier + "\"");
            }
        }
        if (rule.refuses() == Mode.ENFORCE
                && rule.isBroad()
                && before.stream().noneMatch(earlier -> earlier.refusesNothing() && rule.covers(earlier))) {
            throw new IllegalArgumentException("a wildcard below a domain of one's own, or one behind a rule that lets"
                    + " some of its names in; \"" + rule + "\" is over-broad");
        }
        if (rule.refusesNothing()
                && rule.priority() == null
                && after.stream().noneMatch(later -> !later.refusesNothing() && later.covers(rule))) {
            throw new IllegalArgumentException("a rule behind \"" + rule
                    + "\" that would refuse its names, such as *=deny for all others; without one it does nothing");
        }
    }

    public boolean isEmpty() {
        return rules.isEmpty();
    }

    /** Whether there is a rule that only counts what it would refuse. */
    public boolean shadowsAny() {
        return rules.stream().anyMatch(rule -> rule.refuses() == Mode.SHADOW);
    }

    /** The rule that holds for connections to the server of this name; null when there is none. */
    public @Nullable ServerNameRule find(@Nullable String name) {
        // An index and not an iterator: this is done for every connection.
        for (int i = 0; i < rules.size(); i++) {
            if (rules.get(i).matches(name)) {
                return rules.get(i);
            }
        }
        return null;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ServerNameRules that && rules.equals(that.rules);
    }

    @Override
    public int hashCode() {
        return rules.hashCode();
    }

    @Override
    public String toString() {
        return rules.stream().map(ServerNameRule::toString).collect(Collectors.joining(", "));
    }
}
