package io.portguard.benchmarks.load;

/**
 * The times at which requests are due: constant rates, group by group, over the phases of a plan. Not
 * thread-safe.
 *
 * <p>It never looks at a clock. A generator that fell behind finds the requests it missed still in here, with
 * the times they were due at; that is what makes the load open-loop.
 */
final class Arrivals {

    /** The answer of {@link #nextNanos()} when nothing is left. */
    static final long NONE = Long.MAX_VALUE;

    private final LoadPlan plan;
    private final double[] intervals;
    private final long[] sent;
    private int phase;
    private long phaseStart;
    private long phaseEnd;
    private int nextGroup;
    private long nextNanos;

    Arrivals(LoadPlan plan) {
        this.plan = plan;
        this.intervals = new double[plan.groups().size()];
        this.sent = new long[intervals.length];
        beginPhase();
        findNext();
    }

    /** When the next request is due, in nanoseconds since the start, or {@link #NONE}. */
    long nextNanos() {
        return nextNanos;
    }

    /** Whose request that is, by its place in the plan. */
    int nextGroup() {
        return nextGroup;
    }

    /** When the load ends, in nanoseconds since the start, as far as it is known now. */
    long endNanos() {
        long end = phaseEnd;
        for (int later = phase + 1; later < plan.phases().size(); later++) {
            end += plan.phases().get(later).length().toNanos();
        }
        return end;
    }

    void advance() {
        sent[nextGroup]++;
        findNext();
    }

    /** Ends the load at the given time, if it would last longer. What is due before stays due. */
    void stopAt(long nanos) {
        if (nanos < phaseEnd || phase + 1 < plan.phases().size()) {
            phase = plan.phases().size() - 1;
            phaseEnd = Math.min(phaseEnd, Math.max(nanos, phaseStart));
            findNext();
        }
    }

    private void findNext() {
        while (true) {
            nextNanos = NONE;
            for (int group = 0; group < intervals.length; group++) {
                if (intervals[group] > 0) {
                    // Half an interval late, or all groups would begin a phase at the very same time.
                    long due = phaseStart + (long) ((sent[group] + 0.5) * intervals[group]);
                    if (due < nextNanos) {
                        nextNanos = due;
                        nextGroup = group;
                    }
                }
            }
            if (nextNanos < phaseEnd) {
                return;
            }
            if (phase + 1 >= plan.phases().size()) {
                nextNanos = NONE;
                return;
            }
            phase++;
            beginPhase();
        }
    }

    private void beginPhase() {
        Phase begun = plan.phases().get(phase);
        phaseStart = phaseEnd;
        phaseEnd = phaseStart + begun.length().toNanos();
        for (int group = 0; group < intervals.length; group++) {
            double rate = begun.rate(plan.groups().get(group));
            intervals[group] = rate > 0 ? 1e9 / rate : 0;
            sent[group] = 0;
        }
    }
}
