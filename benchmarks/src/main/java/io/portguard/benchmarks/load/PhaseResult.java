package io.portguard.benchmarks.load;

import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/**
 * What became of the requests that were due in one phase.
 *
 * @param name the phase's name
 * @param length how long it lasted; shorter than planned if the run was stopped
 * @param streams the results, by group and tag
 * @param connectionsOpened connections opened in this time
 * @param sendLateP99Millis how late the generator itself was, as its 99th percentile: the time from when a
 *     request was due to when the generator came to it. With more than a few milliseconds here, the machine
 *     could not keep up and the latencies are partly the generator's
 * @param sendLateMaxMillis the same at its worst
 * @param generatorCpuPercent CPU time of the generator's process, in percent of one core
 */
public record PhaseResult(
        String name,
        Duration length,
        List<Stream> streams,
        long connectionsOpened,
        double sendLateP99Millis,
        double sendLateMaxMillis,
        double generatorCpuPercent) {

    /** The requests of a group to one target. */
    public record Stream(String group, String tag, Tally tally) {}

    /** How late a generator may be, at its 99th percentile, before its figures are in doubt: a tenth of the deadline. */
    public static final double MAX_LATE_MILLIS = 20;

    public PhaseResult {
        streams = List.copyOf(streams);
    }

    /** Whether the machine had room for the generator: if not, latencies are partly the generator's own. */
    public boolean generatorKeptUp() {
        return !(sendLateP99Millis > MAX_LATE_MILLIS);
    }

    public Tally total() {
        return sum(stream -> true);
    }

    /** Answers in time, as a share of what a service can do, in percent. */
    public double goodputPercent(double capacityPerSecond) {
        return 100 * total().count(Outcome.IN_TIME) / (capacityPerSecond * length.toNanos() / 1e9);
    }

    public Tally group(String group) {
        return sum(stream -> stream.group().equals(group));
    }

    public Tally tag(String tag) {
        return sum(stream -> stream.tag().equals(tag));
    }

    /** Adds up the streams that the condition picks. */
    public Tally sum(Predicate<Stream> condition) {
        return Tally.sum(streams.stream().filter(condition).map(Stream::tally).toList());
    }
}
