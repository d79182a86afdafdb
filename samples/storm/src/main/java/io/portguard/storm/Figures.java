package io.portguard.storm;

import io.portguard.benchmarks.load.Outcome;
import io.portguard.benchmarks.load.PhaseResult;
import io.portguard.benchmarks.load.Refusal;
import io.portguard.benchmarks.load.Tally;
import io.portguard.benchmarks.overload.Recovery;
import io.portguard.benchmarks.overload.Scenario;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The figures of a service under a scenario. All but the recovery are of the time of the flood. Latencies count
 * from when a request was due; one that does not exist, since nothing was admitted or refused, is null.
 *
 * @param goodputPercent answers of 200 within the deadline, as a share of the capacity
 * @param admittedP50Millis median latency of answers of 200, in time or late
 * @param admittedP99Millis 99th percentile of the same
 * @param rejectedP99Millis 99th percentile of the latency of refusals
 * @param politeSuccessPercent share of the requests of all but the abuser that were answered well and in time
 * @param criticalSuccessPercent the same of the polite clients' critical requests
 * @param recovery how long the service took to be itself again
 * @param cpuPercent the service's CPU time, in percent of all cores
 * @param offered requests that were due
 * @param inTime those answered with 200 in time
 * @param late those answered with 200, too late
 * @param refused those refused
 * @param gaveUp those whose clients gave up after a second
 * @param broken those that ended in another way: another status, a lost connection, none to be had
 * @param refusedByReason those refused, by reason, or by status where no reason was given
 * @param connectionsOpened how many connections the clients opened
 * @param generatorLateP99Millis how late the generator itself was
 * @param generatorCpuPercent the generator's CPU time, in percent of one core
 * @param health how the health probes fared, over the whole run
 */
record Figures(
        double goodputPercent,
        @Nullable Double admittedP50Millis,
        @Nullable Double admittedP99Millis,
        @Nullable Double rejectedP99Millis,
        double politeSuccessPercent,
        double criticalSuccessPercent,
        Recovery recovery,
        double cpuPercent,
        long offered,
        long inTime,
        long late,
        long refused,
        long gaveUp,
        long broken,
        Map<String, Long> refusedByReason,
        long connectionsOpened,
        double generatorLateP99Millis,
        double generatorCpuPercent,
        HealthCount health) {

    static Figures of(Observation observation, double capacity) {
        PhaseResult flood = observation.load().phase(Scenario.FLOOD);
        Tally total = flood.total();
        Tally polite = flood.group(Scenario.POLITE);
        Tally critical = flood.sum(
                stream -> stream.group().equals(Scenario.POLITE) && stream.tag().equals(Scenario.CRITICAL_TAG));
        return new Figures(
                flood.goodputPercent(capacity),
                orNull(total.admittedMillis(50)),
                orNull(total.admittedMillis(99)),
                orNull(total.refusedMillis(99)),
                100 * polite.successRatio(),
                100 * critical.successRatio(),
                observation.recovery(),
                observation.cpuPercent(),
                total.offered(),
                total.count(Outcome.IN_TIME),
                total.count(Outcome.LATE),
                total.count(Outcome.REFUSED),
                total.count(Outcome.TIMED_OUT) + total.count(Outcome.UNSENT),
                total.count(Outcome.FAILED) + total.count(Outcome.LOST) + total.count(Outcome.NOT_CONNECTED),
                byReason(total.refusals()),
                flood.connectionsOpened(),
                flood.sendLateP99Millis(),
                flood.generatorCpuPercent(),
                observation.health());
    }

    static Map<String, Long> byReason(Map<Refusal, Long> refusals) {
        Map<String, Long> byReason = new TreeMap<>();
        refusals.forEach((refusal, count) -> byReason.merge(
                refusal.reason().isEmpty() ? Integer.toString(refusal.status()) : refusal.reason(), count, Long::sum));
        return byReason;
    }

    private static @Nullable Double orNull(double value) {
        return Double.isNaN(value) ? null : value;
    }
}
