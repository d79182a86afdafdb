package io.portguard.http;

import io.portguard.Rejection;
import java.util.Locale;

/**
 * The {@code RateLimit} and {@code RateLimit-Policy} fields of a refusal while each client has a rate (IETF
 * draft-ietf-httpapi-ratelimit-headers-10). Immutable.
 */
public final class RateLimitFields {

    /** The largest integer of a structured field (RFC 9651, section 3.3.1). */
    private static final long MAX_INTEGER = 999_999_999_999_999L;

    private final String policy;

    /**
     * @param rate tokens a second of one client
     * @param burst size of its bucket
     */
    public RateLimitFields(double rate, double burst) {
        long quota = Math.max(1, (long) burst);
        long window = Math.min(Math.max(1, (long) Math.ceil(quota / rate)), MAX_INTEGER);
        policy = String.format(Locale.ROOT, "\"default\";q=%d;w=%d", quota, window);
    }

    /** The value of {@code RateLimit-Policy}: so many requests in a window of so many seconds. */
    public String policy() {
        return policy;
    }

    /** The value of {@code RateLimit} beside a rejection: nothing remains, and when there will be more. */
    public String rateLimit(Rejection rejection) {
        return ZERO_UNTIL[Math.max(1, rejection.retryAfterSeconds())];
    }

    private static final String[] ZERO_UNTIL = zeroUntil();

    private static String[] zeroUntil() {
        String[] values = new String[Rejection.MAX_RETRY_AFTER_SECONDS + 1];
        for (int seconds = 0; seconds < values.length; seconds++) {
            values[seconds] = "\"default\";r=0;t=" + seconds;
        }
        return values;
    }
}
