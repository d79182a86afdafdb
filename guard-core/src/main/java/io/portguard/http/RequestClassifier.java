package io.portguard.http;

import io.portguard.Priority;
import java.util.List;

/**
 * Says how a request is to be treated, and how much it matters: its configured priority, the first rule that matches winning, and what its own
 * {@code Priority} header (RFC 9218) makes of that. Immutable.
 *
 * <p>An urgency of {@code u=4} to {@code u=7}, less than that of a request which says nothing, makes a request {@code
 * background}: nobody waits for a prefetch, whatever is fetched. Below that the header orders a client's own requests
 * among each other (a browser sends {@code u=0} with every page), which is no word on how much the client's requests
 * matter beside those of others; so it raises nothing. Only a request of a trusted peer's own, not one that it
 * forwards, is believed when it says that it matters more: {@code u=0} makes it {@code critical}, {@code u=1} and
 * {@code u=2} at least {@code important}.
 */
public final class RequestClassifier {

    // Arrays, since a request walks through them: an iterator of a list would be an object each time.
    private final PriorityRule[] rules;
    private final PathPattern[] exempt;
    private final PathPattern[] streams;

    /**
     * A classifier by these rules.
     *
     * @param rules asked in order
     * @param exempt paths that are never refused
     * @param streams paths whose requests are in progress only until their answer begins
     */
    public RequestClassifier(List<PriorityRule> rules, List<PathPattern> exempt, List<PathPattern> streams) {
        this.rules = rules.toArray(new PriorityRule[0]);
        this.exempt = exempt.toArray(new PathPattern[0]);
        this.streams = streams.toArray(new PathPattern[0]);
    }

    public boolean isExempt(HttpRequestView request) {
        return isAmong(exempt, request);
    }

    /** Whether the request is in progress only until the first byte of its answer, and a stream from then on. */
    public boolean isStream(HttpRequestView request) {
        return isAmong(streams, request);
    }

    private static boolean isAmong(PathPattern[] patterns, HttpRequestView request) {
        if (patterns.length == 0) {
            return false;
        }
        String path = request.rawPath();
        for (PathPattern pattern : patterns) {
            if (pattern.matches(path)) {
                return PlainPath.isPlain(path);
            }
        }
        return false;
    }

    /**
     * How much a request matters.
     *
     * @param trusted whether the request is a trusted peer's own, so that it may raise its priority
     * @param otherwise the priority of requests that no rule is for
     */
    public Priority priority(HttpRequestView request, boolean trusted, Priority otherwise) {
        Priority configured = configured(request, otherwise);
        int urgency = PriorityHeader.urgency(request.header("Priority"));
        if (urgency > PriorityHeader.DEFAULT_URGENCY) {
            return Priority.BACKGROUND;
        }
        if (!trusted || urgency == PriorityHeader.DEFAULT_URGENCY) {
            return configured;
        }
        return configured.atLeast(urgency == 0 ? Priority.CRITICAL : Priority.IMPORTANT);
    }

    private Priority configured(HttpRequestView request, Priority otherwise) {
        if (rules.length == 0) {
            return otherwise;
        }
        String path = request.rawPath();
        for (PriorityRule rule : rules) {
            if (rule.matches(request.method(), path)) {
                return PlainPath.isPlain(path)
                        ? rule.priority()
                        : rule.priority().atMost(Priority.NORMAL);
            }
        }
        return otherwise;
    }
}
