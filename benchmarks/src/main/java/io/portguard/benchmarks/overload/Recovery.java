package io.portguard.benchmarks.overload;

import io.portguard.benchmarks.load.LoadResult;
import io.portguard.benchmarks.load.Outcome;
import io.portguard.benchmarks.load.Slot;
import io.portguard.benchmarks.load.Tally;
import java.util.List;

/**
 * How long a service takes to be as good as before once a flood is over: the time from the flood's end to the
 * first moment from which on every slot is good. A slot is good if 99 % of its requests are answered well within
 * the deadline and its 99th percentile is at most twice that of the time before the flood and a slack of 20 ms.
 *
 * @param seconds the time; if it has not recovered, how long it was watched
 * @param recovered whether the last slots were good
 */
public record Recovery(double seconds, boolean recovered) {

    static final double MIN_SUCCESS = 0.99;
    // A slot has some two hundred requests, so its 99th percentile is the third slowest: one hiccup of the
    // machine must not count as the flood's doing.
    static final double SLACK_MILLIS = 20;

    /** Looks for the recovery in a run that has ended. */
    public static Recovery of(LoadResult run) {
        return of(slots(run, Scenario.AFTER), p99(slots(run, Scenario.BEFORE)));
    }

    /** The 99th percentile of what was admitted in these slots. */
    static double p99(List<Slot> slots) {
        return Tally.sum(slots.stream().map(Slot::tally).toList()).admittedMillis(99);
    }

    private static List<Slot> slots(LoadResult run, String phase) {
        return run.slots().stream().filter(slot -> slot.phase().equals(phase)).toList();
    }

    /**
     * Looks for the recovery.
     *
     * @param after the slots since the flood's end
     */
    static Recovery of(List<Slot> after, double p99BeforeMillis) {
        double limit = limitMillis(p99BeforeMillis);
        double floodEnd = after.isEmpty() ? 0 : after.get(0).startSeconds();
        double goodSince = floodEnd;
        boolean good = false;
        for (Slot slot : after) {
            good = isGood(slot.tally(), limit);
            if (!good) {
                goodSince = slot.startSeconds() + slot.seconds();
            }
        }
        return new Recovery(goodSince - floodEnd, good);
    }

    static double limitMillis(double p99BeforeMillis) {
        // Without a single answer before the flood there is nothing to compare with but the deadline.
        return Double.isNaN(p99BeforeMillis) ? 200 : 2 * p99BeforeMillis + SLACK_MILLIS;
    }

    private static boolean isGood(Tally slot, double limitMillis) {
        return slot.successRatio() >= MIN_SUCCESS
                && (slot.count(Outcome.IN_TIME) == 0 || slot.admittedMillis(99) <= limitMillis);
    }
}
