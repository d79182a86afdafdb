package io.portguard.http;

import io.portguard.Reason;
import io.portguard.Rejection;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What a refused HTTP request is answered: status, headers and an {@code application/problem+json} body (RFC
 * 9457). It names no limit of the server and echoes nothing that the client sent. Nothing is formatted to
 * refuse; all there can be is made beforehand.
 */
public final class Refusal {

    public static final String CONTENT_TYPE = "application/problem+json";
    public static final String RETRY_AFTER = "Retry-After";
    public static final String RATE_LIMIT = "RateLimit";
    public static final String RATE_LIMIT_POLICY = "RateLimit-Policy";

    private static final Refusal[] BY_REASON = byReason();
    private static final String[] SECONDS = seconds();

    private final Reason reason;
    private final byte[] body;

    private Refusal(Reason reason) {
        this.reason = reason;
        this.body = ("{\"status\":" + reason.httpStatus() + ",\"title\":\"" + title(reason) + "\",\"reason\":\""
                        + reason.text() + "\"}")
                .getBytes(StandardCharsets.US_ASCII);
    }

    public static Refusal of(Reason reason) {
        return BY_REASON[reason.ordinal()];
    }

    public int status() {
        return reason.httpStatus();
    }

    /** The body in UTF-8; shared, not to be written to. */
    public byte[] body() {
        return body;
    }

    /**
     * Gives the header fields that say when to come again to somebody who sets them.
     *
     * @param rate what to say of the clients' rate; null when there is none
     */
    public static void retryFields(
            Rejection rejection, @Nullable RateLimitFields rate, BiConsumer<String, String> set) {
        set.accept(RETRY_AFTER, retryAfter(rejection));
        if (rate != null) {
            set.accept(RATE_LIMIT_POLICY, rate.policy());
            set.accept(RATE_LIMIT, rate.rateLimit(rejection));
        }
    }

    /**
     * The value of {@code Retry-After}, in whole seconds: what the rejection says and up to half as much
     * again and a second, at random, so that those who were refused together do not come back together.
     */
    public static String retryAfter(Rejection rejection) {
        return SECONDS[retryAfterSeconds(rejection)];
    }

    /** The same as a number. */
    public static int retryAfterSeconds(Rejection rejection) {
        int base = Math.max(1, rejection.retryAfterSeconds());
        return base + ThreadLocalRandom.current().nextInt(base / 2 + 2);
    }

    private static String title(Reason reason) {
        return switch (reason.httpStatus()) {
            case 403 -> "Forbidden";
            case 429 -> "Too Many Requests";
            default -> "Service Unavailable";
        };
    }

    private static Refusal[] byReason() {
        Reason[] reasons = Reason.values();
        Refusal[] refusals = new Refusal[reasons.length];
        for (Reason reason : reasons) {
            refusals[reason.ordinal()] = new Refusal(reason);
        }
        return refusals;
    }

    private static String[] seconds() {
        String[] seconds = new String[Rejection.MAX_RETRY_AFTER_SECONDS * 3 / 2 + 3];
        for (int i = 0; i < seconds.length; i++) {
            seconds[i] = Integer.toString(i);
        }
        return seconds;
    }
}
