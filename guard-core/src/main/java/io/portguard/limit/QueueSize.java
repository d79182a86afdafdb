package io.portguard.limit;

import java.time.Duration;

/**
 * Finds out whether the queue that the target delay allows does harm: a service that thrashes delivers the less
 * the more is in flight. Not thread-safe.
 *
 * <p>Now and then the other size, small instead of full or full instead of small, is tried for a moment; what
 * delivers more is kept, and of two that deliver the same the full one.
 */
final class QueueSize {

    private static final double SMALL = 0.04;
    /** While it is only a try, those who come first still find a place. */
    private static final double TRIED_SMALL = 0.1;

    private static final double FULL = 1;
    private static final double CLEARLY_MORE = 1.15;
    private static final double NO_LESS = 0.95;
    private static final double SETTLING_NANOS = Duration.ofMillis(250).toNanos();
    private static final double TRIAL_NANOS = Duration.ofMillis(850).toNanos();
    /** A try that is so far from what is needed after so many requests has failed already. */
    private static final long ENOUGH_REQUESTS = 200;

    private static final double FAR = 0.15;
    private static final int TRIES_SKIPPED = 2;

    private double part = FULL;
    private boolean trying;
    private int skipped;
    private double rateBefore;
    private double elapsedNanos;
    private double measuredNanos;
    private long completed;

    /** The part of the queue that is used, above 0 and at most 1. */
    double part() {
        return trying && isSmall() ? TRIED_SMALL : part;
    }

    boolean isSmall() {
        return part == SMALL;
    }

    boolean isTrying() {
        return trying;
    }

    /** Uses a small queue from now on, since the service was seen to deliver more with less in flight. */
    void useSmall() {
        part = SMALL;
        trying = false;
        skipped = 0;
    }

    /** Uses the full queue from now on: a service that is not busy can take a burst. */
    void useFull() {
        part = FULL;
        trying = false;
    }

    /** Tries the other size on a service that delivers so much with this one, in requests a nanosecond. */
    void tryOther(double rate) {
        if (part == SMALL && skipped++ % (TRIES_SKIPPED + 1) != TRIES_SKIPPED) {
            // The full queue did harm; to see whether it still does costs as much each time.
            return;
        }
        part = other();
        trying = true;
        rateBefore = rate;
        elapsedNanos = 0;
        measuredNanos = 0;
        completed = 0;
    }

    void next(Window window) {
        elapsedNanos += window.durationNanos();
        if (elapsedNanos > SETTLING_NANOS) {
            measuredNanos += window.durationNanos();
            completed += window.completed();
        }
        double needed = part == SMALL ? CLEARLY_MORE : NO_LESS;
        double delivered = completed / measuredNanos / rateBefore;
        if (elapsedNanos >= TRIAL_NANOS || (completed >= ENOUGH_REQUESTS && delivered < needed - FAR)) {
            trying = false;
            part = delivered < needed ? other() : part;
        }
    }

    private double other() {
        return part == FULL ? SMALL : FULL;
    }
}
