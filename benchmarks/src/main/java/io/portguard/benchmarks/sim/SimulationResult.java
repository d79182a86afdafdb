package io.portguard.benchmarks.sim;

import java.util.Arrays;
import org.HdrHistogram.Histogram;

/** What came of a run. Filled by the simulation, read afterwards. */
final class SimulationResult {

    private static final long SLOT_NANOS = 50_000_000;

    private final Scenario scenario;
    private final long measureFrom;
    private final long[][] offered;
    private final long[][] good;
    private final long[] refused;
    private final Histogram latency = new Histogram(120_000_000_000L, 3);
    private final double[] waitSums;
    private final long[] waitCounts;

    SimulationResult(Scenario scenario) {
        this.scenario = scenario;
        int mixes = scenario.mixes().size();
        measureFrom = (long) (scenario.measureFrom() * 1e9);
        offered = new long[mixes][];
        good = new long[mixes][];
        for (int mix = 0; mix < mixes; mix++) {
            offered[mix] = new long[scenario.mixes().get(mix).clients()];
            good[mix] = new long[offered[mix].length];
        }
        refused = new long[mixes];
        int slots = (int) (scenario.seconds() * 1e9 / SLOT_NANOS) + 1;
        waitSums = new double[slots];
        waitCounts = new long[slots];
    }

    private boolean isMeasured(Request request) {
        return request.arrivesAt >= measureFrom;
    }

    void offered(Request request) {
        offered[request.mix][request.client] += isMeasured(request) ? 1 : 0;
    }

    void refused(Request request) {
        refused[request.mix] += isMeasured(request) ? 1 : 0;
    }

    void answered(Request request, long tookNanos) {
        if (isMeasured(request)) {
            latency.recordValue(Math.min(tookNanos, latency.getHighestTrackableValue()));
            if (tookNanos <= scenario.deadlineMillis() * 1e6) {
                good[request.mix][request.client]++;
            }
        }
    }

    /** A request began to be worked on, after it had waited for a worker. */
    void begun(long nowNanos, long waitedNanos) {
        int slot = (int) Math.min(nowNanos / SLOT_NANOS, waitSums.length - 1L);
        waitSums[slot] += waitedNanos;
        waitCounts[slot]++;
    }

    long allGood() {
        return Arrays.stream(good).flatMapToLong(Arrays::stream).sum();
    }

    /** Requests that were refused, in percent of those offered; retries count as often as they are made. */
    double refusedPercent() {
        long all = Arrays.stream(offered).flatMapToLong(Arrays::stream).sum();
        return all == 0 ? 0 : 100.0 * Arrays.stream(refused).sum() / all;
    }

    /** Requests of a mix that were answered in time, in percent. */
    double successPercent(int mix) {
        return 100.0
                * Arrays.stream(good[mix]).sum()
                / Math.max(1, Arrays.stream(offered[mix]).sum());
    }

    /** Requests a second that the least served client of a mix got answered. */
    double leastServedRate(int mix) {
        double seconds = scenario.seconds() - scenario.measureFrom();
        return Arrays.stream(good[mix]).min().orElse(0) / seconds;
    }

    /** Jain's index of how equally the clients of a mix were served: 1 is equally, 1/n is one alone. */
    double jainIndex(int mix) {
        double sum = 0;
        double squares = 0;
        for (long served : good[mix]) {
            sum += served;
            squares += (double) served * served;
        }
        return squares == 0 ? 0 : sum * sum / (good[mix].length * squares);
    }

    double p99Millis() {
        return latency.getTotalCount() == 0 ? 0 : latency.getValueAtPercentile(99) / 1e6;
    }

    /**
     * How long after a moment requests still waited longer than the target on average, in milliseconds, within
     * the five seconds that follow it.
     */
    double convergenceMillis(double second, double targetMillis) {
        int from = (int) (second * 1e9 / SLOT_NANOS);
        int last = from;
        for (int slot = from; slot < Math.min(waitSums.length, from + 100); slot++) {
            if (waitCounts[slot] > 0 && waitSums[slot] / waitCounts[slot] > targetMillis * 1e6) {
                last = slot + 1;
            }
        }
        return (last - from) * (SLOT_NANOS / 1e6);
    }
}
