package io.portguard.rule;

import io.portguard.Attempt;
import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.Verdict;

/**
 * The parameters of a token bucket and the arithmetic on one. Immutable.
 *
 * <p>A bucket is one number, the theoretical arrival time of the next attempt (the generic cell rate algorithm,
 * ITU-T I.371): an attempt moves it on by the time a token takes to come, and is refused if that would be
 * further ahead of now than a full bucket lasts. A time that has passed is a full bucket.
 */
final class TokenBucket {

    private static final double NANOS_PER_SECOND = 1e9;

    /** So that a time of arrival never gets near half the range of a long, where differences wrap: 73 years. */
    private static final double MAX_NANOS = Long.MAX_VALUE / 4.0;

    private static final long LATE_NANOS = 1_000_000_000L;

    private final long tokenNanos;
    private final long fullNanos;

    private TokenBucket(long tokenNanos, long fullNanos) {
        this.tokenNanos = tokenNanos;
        this.fullNanos = fullNanos;
    }

    /**
     * @param rate tokens a second
     * @param burst tokens a full bucket holds, at least 1
     */
    static TokenBucket of(double rate, double burst) {
        long tokenNanos = Math.max(1, Math.round(Math.min(NANOS_PER_SECOND / rate, MAX_NANOS)));
        return new TokenBucket(tokenNanos, fullNanos(tokenNanos, Math.max(1, burst)));
    }

    /** To the nanosecond: rounded by itself, a full bucket might be a little too small for its last token. */
    private static long fullNanos(long tokenNanos, double burst) {
        if (tokenNanos * burst >= MAX_NANOS) {
            return (long) MAX_NANOS;
        }
        long whole = (long) burst;
        return tokenNanos * whole + Math.round(tokenNanos * (burst - whole));
    }

    /** Takes a token from a client's bucket of this kind, or says when there will be one. */
    Verdict tryTake(ClientState owner, Attempt.Kind kind, long now, Reason reason) {
        while (true) {
            long before = owner.bucket(kind);
            long after = (before - now > 0 ? before : now) + tokenNanos;
            if (isOfSlowerRate(before, now)) {
                owner.moveBucket(kind, before, now + fullNanos);
            } else if (after - now > fullNanos) {
                long waitNanos = after - now - fullNanos;
                return Rejection.of(reason, (long) Math.ceil(waitNanos / NANOS_PER_SECOND));
            } else if (owner.moveBucket(kind, before, after)) {
                return Verdict.pass();
            }
        }
    }

    /** Whether there is a token in a client's bucket of this kind. */
    boolean hasToken(ClientState owner, Attempt.Kind kind, long now) {
        return Math.max(owner.bucket(kind) - now, 0) + tokenNanos <= fullNanos;
    }

    /** Gives back a token that bought nothing. */
    void giveBack(ClientState owner, Attempt.Kind kind) {
        long before;
        do {
            before = owner.bucket(kind);
        } while (!owner.moveBucket(kind, before, before - tokenNanos));
    }

    /**
     * Whether the arrival time is further ahead than these parameters can have moved it: slower ones did, before
     * the rate was changed. By less than a second it may also be a thread that was held up after it read the clock.
     */
    private boolean isOfSlowerRate(long arrival, long now) {
        return arrival - now > fullNanos + Math.max(fullNanos, LATE_NANOS);
    }
}
