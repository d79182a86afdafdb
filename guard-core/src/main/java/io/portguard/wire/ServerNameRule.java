package io.portguard.wire;

import io.portguard.Mode;
import io.portguard.Priority;
import java.net.IDN;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is done with TLS connections that ask for a server of some name, written {@code *.example.com=deny}. Immutable.
 *
 * @param pattern a host name, {@code *.} and a domain for all names below it, {@code (none)} for connections that ask
 *     for no name, or {@code *} for all, these among them
 * @param refuses {@link Mode#ENFORCE} to refuse, {@link Mode#SHADOW} to count what would be refused, {@link Mode#OFF}
 *     to let in
 * @param priority that the handshake and the requests on the connection have; null for that which they have anyway
 */
public record ServerNameRule(
        String pattern, Mode refuses, @Nullable Priority priority) {

    static final String FORM =
            "NAME=ACTION, NAME a host name, *.DOMAIN, * or (none), ACTION one of allow, deny, shadow,"
                    + " critical, important, normal, background";

    private static final String ALL = "*";
    private static final String NO_NAME = "(none)";
    private static final Pattern HOST_NAME =
            Pattern.compile("(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\\.[a-z0-9_]([a-z0-9_-]{0,62}))*");

    /** Domains below which strangers register theirs: a last label alone, or one like co.uk. */
    private static final Pattern BROAD_DOMAIN =
            Pattern.compile("[^.]+|(co|com|net|org|edu|gov|ac|ne|or|gob|go)\\.[a-z]{2}");

    /**
     * The rule that the text writes.
     *
     * @throws IllegalArgumentException when it writes none; the message says what was expected
     */
    static ServerNameRule parse(String text) {
        int equals = text.lastIndexOf('=');
        String pattern = equals < 0 ? null : pattern(text.substring(0, equals).trim());
        if (pattern == null) {
            throw new IllegalArgumentException(FORM + "; \"" + text.trim() + "\" is not of that form");
        }
        String action = text.substring(equals + 1).trim().toLowerCase(Locale.ROOT);
        return switch (action) {
            case "allow" -> new ServerNameRule(pattern, Mode.OFF, null);
            case "deny" -> new ServerNameRule(pattern, Mode.ENFORCE, null);
            case "shadow" -> new ServerNameRule(pattern, Mode.SHADOW, null);
            default ->
                new ServerNameRule(
                        pattern,
                        Mode.OFF,
                        Priority.parse(action)
                                .orElseThrow(() -> new IllegalArgumentException(
                                        FORM + "; \"" + text.trim() + "\" is not of that form")));
        };
    }

    private static @Nullable String pattern(String written) {
        if (written.equals(ALL) || written.equals(NO_NAME)) {
            return written;
        }
        boolean below = written.startsWith("*.");
        String name = below ? written.substring(2) : written;
        try {
            // Clients send international names in their ASCII form.
            name = IDN.toASCII(name).toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException noName) {
            return null;
        }
        return HOST_NAME.matcher(name).matches() ? (below ? "*." : "") + name : null;
    }

    /** Whether the rule is for this name; null is none. */
    boolean matches(@Nullable String name) {
        if (name == null || pattern.equals(ALL)) {
            return pattern.equals(ALL) || pattern.equals(NO_NAME);
        }
        if (pattern.startsWith("*.")) {
            int fixed = pattern.length() - 1;
            return name.length() > fixed && name.regionMatches(name.length() - fixed, pattern, 1, fixed);
        }
        return pattern.equals(name);
    }

    /** Whether all connections that the other rule is for are among those of this one. */
    boolean covers(ServerNameRule other) {
        boolean below = pattern.startsWith("*.") && other.pattern.endsWith(pattern.substring(1));
        return pattern.equals(ALL) || pattern.equals(other.pattern) || below;
    }

    /** Whether its wildcard takes in names that nobody can list. */
    boolean isBroad() {
        return pattern.equals(ALL)
                || (pattern.startsWith("*.")
                        && BROAD_DOMAIN.matcher(pattern.substring(2)).matches());
    }

    boolean refusesNothing() {
        return refuses == Mode.OFF;
    }

    @Override
    public String toString() {
        return pattern + "="
                + switch (refuses) {
                    case ENFORCE -> "deny";
                    case SHADOW -> "shadow";
                    case OFF -> priority == null ? "allow" : priority.text();
                };
    }
}
