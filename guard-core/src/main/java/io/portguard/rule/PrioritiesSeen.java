package io.portguard.rule;

import io.portguard.Priority;
import java.util.concurrent.TimeUnit;

/**
 * Remembers which priorities there have been requests of, for five to ten seconds. Thread-safe; only {@link #tick}
 * must be called by one thread at a time.
 */
final class PrioritiesSeen {

    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** A bit for each priority, of this period and of the one before. */
    private volatile int now;

    private volatile int before;
    private long periodEndsAtNanos;

    PrioritiesSeen(long nowNanos) {
        periodEndsAtNanos = nowNanos + PERIOD_NANOS;
    }

    void seen(Priority priority) {
        int bit = 1 << priority.ordinal();
        if ((now & bit) == 0) {
            // A bit lost in a race is set by the next request.
            now = now | bit;
        }
    }

    /** The most important priority seen; {@link Priority#BACKGROUND} when there was none. */
    Priority highest() {
        int first = Integer.numberOfTrailingZeros(now | before);
        Priority[] all = Priority.values();
        return all[Math.min(first, all.length - 1)];
    }

    /** Whether there were requests of several priorities. */
    boolean areSeveral() {
        return Integer.bitCount(now | before) > 1;
    }

    void tick(long nowNanos) {
        if (nowNanos - periodEndsAtNanos >= 0) {
            periodEndsAtNanos = nowNanos + PERIOD_NANOS;
            before = now;
            now = 0;
        }
    }
}
