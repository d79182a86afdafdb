package io.portguard.http;

import io.portguard.Priority;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says how much a request matters: its configured priority, the first rule that matches winning, lowered by
 * the request's own {@code Priority} header (RFC 9218) if it has one. Immutable.
 *
 * <p>A request can lower its own priority and never raise it: {@code u=4} and above make a request {@code
 * background}, lower urgencies change nothing.
 */
public final class RequestClassifier {

    private static final int DEFAULT_URGENCY = 3;

    // Arrays, since a request walks through them: an iterator of a list would be an object each time.
    private final PriorityRule[] rules;
    private final PathPattern[] exempt;

    /**
     * A classifier by these rules.
     *
     * @param rules asked in order
     * @param exempt paths that are never refused
     */
    public RequestClassifier(List<PriorityRule> rules, List<PathPattern> exempt) {
        this.rules = rules.toArray(new PriorityRule[0]);
        this.exempt = exempt.toArray(new PathPattern[0]);
    }

    public boolean isExempt(HttpRequestView request) {
        if (exempt.length == 0) {
            return false;
        }
        String path = request.rawPath();
        for (PathPattern pattern : exempt) {
            if (pattern.matches(path)) {
                return PlainPath.isPlain(path);
            }
        }
        return false;
    }

    public Priority priority(HttpRequestView request) {
        Priority configured = configured(request);
        return urgency(request.header("Priority")) > DEFAULT_URGENCY
                ? configured.atMost(Priority.BACKGROUND)
                : configured;
    }

    private Priority configured(HttpRequestView request) {
        if (rules.length == 0) {
            return Priority.NORMAL;
        }
        String path = request.rawPath();
        for (PriorityRule rule : rules) {
            if (rule.matches(request.method(), path)) {
                return PlainPath.isPlain(path)
                        ? rule.priority()
                        : rule.priority().atMost(Priority.NORMAL);
            }
        }
        return Priority.NORMAL;
    }

    /** The urgency that a Priority header asks for, 0 to 7; the default where it asks for none. */
    private static int urgency(@Nullable String header) {
        int at = header == null ? -1 : header.indexOf("u=");
        if (header == null || at < 0 || at + 2 >= header.length()) {
            return DEFAULT_URGENCY;
        }
        char digit = header.charAt(at + 2);
        boolean standsAlone = at == 0 || header.charAt(at - 1) == ' ' || header.charAt(at - 1) == ',';
        return standsAlone && digit >= '0' && digit <= '7' ? digit - '0' : DEFAULT_URGENCY;
    }
}
