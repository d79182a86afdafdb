package io.portguard.rule;

import io.portguard.Failure;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What failures cost and what that leads to. Immutable. */
public final class PenaltyPolicy {

    /** The highest threshold, in points: less than the longest score at the slowest forgiving. */
    public static final int MAX_THRESHOLD = 10_000;

    /** Nobody is punished. */
    static final PenaltyPolicy NONE = new PenaltyPolicy(null, null, 1, 1, Duration.ofMinutes(1), List.of());

    private static final long NEVER = Long.MAX_VALUE;

    private final long slowAtNanos;
    private final long banAtNanos;
    private final long pointNanos;
    private final TokenBucket slow;
    private final long banNanos;
    private final int[] byFailure = new int[Failure.values().length];
    private final int[] byStatus = new int[PenaltyWeight.LAST_STATUS - PenaltyWeight.FIRST_STATUS + 1];

    /**
     * A policy.
     *
     * @param slowAt points from which a client is slowed down; null for never
     * @param banAt points from which a client is banned; null for never
     * @param forgivenPerMinute points
     * @param slowRate requests a second, and connections a second, of a client that is slowed down
     * @param banTime of the first ban
     */
    public PenaltyPolicy(
            @Nullable Integer slowAt,
            @Nullable Integer banAt,
            int forgivenPerMinute,
            double slowRate,
            Duration banTime,
            List<PenaltyWeight> weights) {
        pointNanos = TimeUnit.MINUTES.toNanos(1) / forgivenPerMinute;
        slowAtNanos = slowAt == null ? NEVER : slowAt * pointNanos;
        banAtNanos = banAt == null ? NEVER : banAt * pointNanos;
        slow = TokenBucket.of(slowRate, slowRate);
        banNanos = banTime.toNanos();
        for (PenaltyWeight weight : weights) {
            if (weight.failure() != null) {
                byFailure[weight.failure().ordinal()] = weight.points();
            } else {
                byStatus[weight.status() - PenaltyWeight.FIRST_STATUS] = weight.points();
            }
        }
    }

    boolean punishes() {
        return slows() || banAtNanos != NEVER;
    }

    boolean slows() {
        return slowAtNanos != NEVER;
    }

    /** The bucket of a client with this score; null when it is not slowed down. */
    @Nullable
    TokenBucket slow(long scoreNanos) {
        return scoreNanos >= slowAtNanos ? slow : null;
    }

    boolean bans(long scoreNanos) {
        return scoreNanos >= banAtNanos;
    }

    long banNanos() {
        return banNanos;
    }

    long penaltyNanos(Failure failure) {
        return byFailure[failure.ordinal()] * pointNanos;
    }

    long penaltyNanos(int status) {
        return status < PenaltyWeight.FIRST_STATUS || status > PenaltyWeight.LAST_STATUS
                ? 0
                : byStatus[status - PenaltyWeight.FIRST_STATUS] * pointNanos;
    }

    long points(long scoreNanos) {
        return scoreNanos / pointNanos;
    }
}
