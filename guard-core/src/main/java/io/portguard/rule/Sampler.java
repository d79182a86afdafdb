package io.portguard.rule;

import io.portguard.Outcome;
import io.portguard.limit.Window;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Gathers how requests ended. Written by many threads, each mostly to a cell of its own; read by one. Sums only
 * ever grow, and a window is the difference of two readings, so that nothing is lost between them.
 */
final class Sampler {

    private static final int COMPLETED = 0;
    private static final int SERVED = 1;
    private static final int DROPPED = 2;
    private static final int LATENCY = 3;
    private static final int IN_FLIGHT = 4;
    private static final int REFUSED = 5;
    private static final int REFUSED_FIRST = 6;
    private static final int FIELDS = 7;

    /** A cell spans two cache lines, so that neighbours do not share one. */
    private static final int CELL = 16;

    private final int mask;
    private final AtomicLongArray cells;
    private final long[] before = new long[FIELDS];

    Sampler() {
        int stripes = Integer.highestOneBit(Runtime.getRuntime().availableProcessors() * 2 - 1) * 2;
        mask = stripes - 1;
        cells = new AtomicLongArray((stripes + 1) * CELL);
    }

    void ended(Outcome outcome, long latencyNanos, int inFlight) {
        if (outcome == Outcome.IGNORED) {
            return;
        }
        int cell = cell();
        cells.getAndAdd(cell + COMPLETED, 1);
        cells.getAndAdd(cell + IN_FLIGHT, inFlight);
        if (outcome == Outcome.SUCCESS) {
            cells.getAndAdd(cell + SERVED, 1);
            cells.getAndAdd(cell + LATENCY, latencyNanos);
        } else if (outcome == Outcome.DROPPED) {
            cells.getAndAdd(cell + DROPPED, 1);
        }
    }

    /**
     * A request was refused.
     *
     * @param first whether it was one of those that come first and find the whole limit open
     */
    void refused(boolean first) {
        int cell = cell();
        cells.getAndAdd(cell + REFUSED, 1);
        if (first) {
            cells.getAndAdd(cell + REFUSED_FIRST, 1);
        }
    }

    /** What has been gathered since the last window; to be called by one thread at a time. */
    Window next(long durationNanos, int peakInFlight, int standing, int grown) {
        long[] now = new long[FIELDS];
        for (int cell = CELL; cell <= (mask + 1) * CELL; cell += CELL) {
            for (int field = 0; field < FIELDS; field++) {
                now[field] += cells.get(cell + field);
            }
        }
        long[] since = new long[FIELDS];
        for (int field = 0; field < FIELDS; field++) {
            since[field] = now[field] - before[field];
            before[field] = now[field];
        }
        return new Window(
                durationNanos,
                since[COMPLETED],
                since[SERVED],
                since[DROPPED],
                since[LATENCY],
                since[IN_FLIGHT],
                peakInFlight,
                standing,
                since[COMPLETED] + grown,
                since[REFUSED],
                since[REFUSED_FIRST]);
    }

    /** How many have ended since the last window. */
    long completedSinceWindow() {
        return sinceWindow(COMPLETED);
    }

    /** How many were refused since the last window. */
    long refusedSinceWindow() {
        return sinceWindow(REFUSED);
    }

    private long sinceWindow(int field) {
        long sum = -before[field];
        for (int cell = CELL; cell <= (mask + 1) * CELL; cell += CELL) {
            sum += cells.get(cell + field);
        }
        return sum;
    }

    private int cell() {
        return (((int) Thread.currentThread().getId() & mask) + 1) * CELL;
    }
}
