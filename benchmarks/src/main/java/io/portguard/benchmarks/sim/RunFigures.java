package io.portguard.benchmarks.sim;

import java.util.ArrayList;
import java.util.List;

/**
 * The figures of one run: one scenario, one subject, one seed.
 *
 * @param goodputPercent requests answered in time, in percent of what the oracle answers
 * @param p99Millis the 99th percentile of the time that admitted requests took
 * @param latencyPart the same as a part of its bound, the scenario's deadline
 * @param refusedPercent requests refused, in percent of those offered; retries count as often as they are made
 * @param convergenceMillis how long after the step requests still waited longer than the target
 * @param successPercent by group of clients: requests answered in time, in percent of those sent
 * @param jainIndex by group: how equally its clients were served
 * @param leastServedPercent what the least served client of the first group got, in percent of its configured
 *     rate; 100 where there is none
 */
record RunFigures(
        double goodputPercent,
        double p99Millis,
        double latencyPart,
        double refusedPercent,
        double convergenceMillis,
        List<Double> successPercent,
        List<Double> jainIndex,
        double leastServedPercent) {

    private static final double TARGET_DELAY_MILLIS = 20;

    static RunFigures of(Scenario scenario, SimulationResult result, long oracleAnswered) {
        int mixes = scenario.mixes().size();
        List<Double> success = new ArrayList<>();
        List<Double> jain = new ArrayList<>();
        for (int mix = 0; mix < mixes; mix++) {
            success.add(result.successPercent(mix));
            jain.add(result.jainIndex(mix));
        }
        Scenario.ClientRate rate = scenario.clientRate();
        return new RunFigures(
                oracleAnswered == 0 ? 100 : 100.0 * result.allGood() / oracleAnswered,
                result.p99Millis(),
                result.p99Millis() / scenario.deadlineMillis(),
                result.refusedPercent(),
                scenario.stepAt() == 0 ? 0 : result.convergenceMillis(scenario.stepAt(), TARGET_DELAY_MILLIS),
                success,
                jain,
                rate == null ? 100 : 100 * result.leastServedRate(0) / rate.perSecond());
    }
}
