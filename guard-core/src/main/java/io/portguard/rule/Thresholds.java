package io.portguard.rule;

import io.portguard.Priority;
import io.portguard.limit.Allowance;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Up to how many requests in flight one more is admitted, by its priority and its client's standing. Immutable.
 *
 * <p>This is trunk reservation (Key, "Optimal control and trunk reservation in loss networks", 1990): the places
 * above what the service can work on are a queue, and the less a request matters the sooner the queue is full
 * for it. It needs no estimate of anybody's demand, acts at once, and leaves no place empty: what those who
 * matter more do not want, the others get.
 */
final class Thresholds {

    /** The part of the queue that is open, by priority and by standing. */
    private static final double[][] OPEN = {
        {1.00, 0.70, 0.40, 0.30}, // critical
        {0.80, 0.50, 0.30, 0.20}, // important
        {0.60, 0.36, 0.20, 0.10}, // normal
        {0.30, 0.20, 0.10, 0.00}, // background
    };

    /**
     * The part of the queue that is open, by standing, while the service is not busy: a burst may fill it, but one client's
     * own burst leaves places to the others until it is known whether it is one.
     */
    private static final double[] OPEN_TO_BURSTS = {1.00, 1.00, 0.70, 0.40};

    private final int[] thresholds = new int[Priority.values().length * FairShare.STANDINGS];
    private final int least;
    private final Allowance allowance;
    private final Priority highest;
    private final int firstStanding;
    private final @Nullable Thresholds onceFull;

    /**
     * Whatever matters: while the service is not busy, what is in the queue is a burst, and only clients far above their
     * share leave a part of it to others.
     *
     * @param highest the most important priority there is any request of; nothing is kept for those above it
     */
    static Thresholds even(Allowance allowance, Priority highest) {
        return new Thresholds(allowance, highest, false, allowance.limit(), 0, onceFull(allowance, highest));
    }

    /**
     * With the queue kept for those who matter more; see {@link #even}.
     *
     * @param first up to how many in flight those are admitted who come first
     * @param firstStanding the worst standing that those have, who also are of the highest priority
     */
    static Thresholds graded(Allowance allowance, Priority highest, int first, int firstStanding) {
        return new Thresholds(allowance, highest, true, first, firstStanding, null);
    }

    private static @Nullable Thresholds onceFull(Allowance allowance, Priority highest) {
        return allowance.onceFull() == allowance.limit() ? null : even(allowance.whenFull(), highest);
    }

    private Thresholds(
            Allowance allowance,
            Priority highest,
            boolean graded,
            int first,
            int firstStanding,
            @Nullable Thresholds onceFull) {
        this.onceFull = onceFull;
        this.allowance = allowance;
        this.highest = highest;
        this.firstStanding = firstStanding;
        int queue = allowance.ordinary() - allowance.capacity();
        for (int i = 0; i < thresholds.length; i++) {
            int priority = i / FairShare.STANDINGS;
            int standing = i % FairShare.STANDINGS;
            double open = graded
                    ? Math.min(1, OPEN[priority][standing] / OPEN[highest.ordinal()][0])
                    : OPEN_TO_BURSTS[standing];
            thresholds[i] = isFirst(Priority.values()[priority], standing)
                    ? first
                    : allowance.capacity() + (int) Math.round(queue * open);
        }
        least = Arrays.stream(thresholds).min().orElseThrow();
    }

    Allowance allowance() {
        return allowance;
    }

    /** Those that are in place of these once a flood has filled the limit; null when these remain. */
    @Nullable
    Thresholds onceFull() {
        return onceFull;
    }

    /** Whether such a request comes first. */
    boolean isFirst(Priority priority, int standing) {
        return standing <= firstStanding && priority.ordinal() <= highest.ordinal();
    }

    /** Up to how many in flight everybody is admitted. */
    int least() {
        return least;
    }

    int of(Priority priority, int standing) {
        return thresholds[priority.ordinal() * FairShare.STANDINGS + standing];
    }
}
