package io.portguard.benchmarks.load;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.AbstractHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.IntCountsHistogram;

/** Counts and latencies of a set of requests. Latencies are in microseconds from when a request was due. Not
 * thread-safe.
 */
@SuppressWarnings("EnumOrdinal") // an array of counters, not something that is stored
public final class Tally {

    // Longer than any client waits; a generator that stalls must not run over the end of the scale.
    private static final long MAX_MICROS = 60_000_000;

    private final long[] outcomes = new long[Outcome.values().length];
    private final Map<Refusal, Long> refusals = new TreeMap<>();
    private final AbstractHistogram admitted;
    private final AbstractHistogram refused;
    private long offered;

    private Tally(AbstractHistogram admitted, AbstractHistogram refused) {
        this.admitted = admitted;
        this.refused = refused;
    }

    public Tally() {
        this(new Histogram(1, MAX_MICROS, 3), new Histogram(1, MAX_MICROS, 3));
    }

    /** A tally for few requests, of which there are many: a tenth of the size, at one per cent of error. */
    static Tally small() {
        return new Tally(new IntCountsHistogram(1, MAX_MICROS, 2), new IntCountsHistogram(1, MAX_MICROS, 2));
    }

    /** Adds up tallies. */
    public static Tally sum(Iterable<Tally> tallies) {
        Tally sum = new Tally();
        tallies.forEach(sum::add);
        return sum;
    }

    /** Counts a request that is due. */
    public void offer() {
        offered++;
    }

    /** Counts how a request ended; its latency matters if it was answered. */
    public void finish(Outcome outcome, long latencyNanos) {
        outcomes[outcome.ordinal()]++;
        if (outcome == Outcome.IN_TIME || outcome == Outcome.LATE) {
            admitted.recordValue(micros(latencyNanos));
        } else if (outcome == Outcome.REFUSED) {
            refused.recordValue(micros(latencyNanos));
        }
    }

    /** Counts a request that was refused. */
    public void finish(Refusal refusal, long latencyNanos) {
        finish(Outcome.REFUSED, latencyNanos);
        refusals.merge(refusal, 1L, Long::sum);
    }

    /** Adds another tally to this one. */
    void add(Tally other) {
        offered += other.offered;
        for (int i = 0; i < outcomes.length; i++) {
            outcomes[i] += other.outcomes[i];
        }
        other.refusals.forEach((refusal, count) -> refusals.merge(refusal, count, Long::sum));
        admitted.add(other.admitted);
        refused.add(other.refused);
    }

    void clear() {
        offered = 0;
        Arrays.fill(outcomes, 0);
        refusals.clear();
        admitted.reset();
        refused.reset();
    }

    /** How many requests were due. */
    public long offered() {
        return offered;
    }

    public long count(Outcome outcome) {
        return outcomes[outcome.ordinal()];
    }

    /** How many of the requests that were due have ended one way or the other. */
    public long finished() {
        long sum = 0;
        for (long count : outcomes) {
            sum += count;
        }
        return sum;
    }

    /** Requests answered well and in time, as a share of those that were due; 1 if none was. */
    public double successRatio() {
        return offered == 0 ? 1 : (double) count(Outcome.IN_TIME) / offered;
    }

    /** How often the server refused, by status and reason. */
    public Map<Refusal, Long> refusals() {
        return new TreeMap<>(refusals);
    }

    /** Latency of the requests answered with 2xx, in time or late, at a percentile; NaN if there were none. */
    public double admittedMillis(double percentile) {
        return millis(admitted, percentile);
    }

    /** Latency of the refusals at a percentile; NaN if there were none. */
    public double refusedMillis(double percentile) {
        return millis(refused, percentile);
    }

    static double millis(AbstractHistogram histogram, double percentile) {
        return histogram.getTotalCount() == 0 ? Double.NaN : histogram.getValueAtPercentile(percentile) / 1e3;
    }

    private static long micros(long nanos) {
        return Math.max(0, Math.min(MAX_MICROS, nanos / 1_000));
    }
}
