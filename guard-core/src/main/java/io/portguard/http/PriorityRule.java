package io.portguard.http;

import io.portguard.Priority;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Gives requests a priority by path and method.
 *
 * @param pattern of the paths it is for
 * @param method the method it is for, in capitals; null for all
 * @param priority of such requests
 */
public record PriorityRule(PathPattern pattern, @Nullable String method, Priority priority) {

    /** Reads {@code [METHOD ]PATH=PRIORITY}; empty when the text is not of that form. */
    public static Optional<PriorityRule> parse(String text) {
        int equals = text.lastIndexOf('=');
        if (equals < 0) {
            return Optional.empty();
        }
        String target = text.substring(0, equals).trim();
        int space = target.indexOf(' ');
        String method = space < 0 ? null : target.substring(0, space).toUpperCase(Locale.ROOT);
        Optional<PathPattern> pattern =
                PathPattern.parse(target.substring(space + 1).trim());
        Optional<Priority> priority = Priority.parse(text.substring(equals + 1));
        return pattern.isPresent() && priority.isPresent()
                ? Optional.of(new PriorityRule(pattern.get(), method, priority.get()))
                : Optional.empty();
    }

    boolean matches(String requestMethod, String path) {
        return (method == null || method.equals(requestMethod)) && pattern.matches(path);
    }

    /** Whether every request that the other matches is matched. */
    public boolean covers(PriorityRule other) {
        return (method == null || method.equals(other.method)) && pattern.covers(other.pattern);
    }

    @Override
    public String toString() {
        return (method == null ? "" : method + " ") + pattern + "=" + priority;
    }
}
