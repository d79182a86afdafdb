package io.portguard.benchmarks.server;

import io.portguard.benchmarks.Report;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Arrays;

/**
 * Two servers under the same load, turn by turn, so that what else goes on in the machine hits both alike. What is
 * told of each is the median of its turns, and of the two the median of the ratios of turns that belong together.
 *
 * @param scenario what is compared
 * @param baseline the server that does it as cheaply as can be, or without a guard
 */
record Comparison(String scenario, Load load, Subject baseline, Subject subject) {

    /**
     * Turns that are not counted. A server that says hello is still being compiled after two hundred thousand requests, and one of
     * the machine's two processors is the compiler's then.
     */
    private static final int WARM_UP_TURNS = 20;

    /** One turn of one server: processor time for an answer, and answers a second. */
    private record Turn(double cpuMicros, double rate) {}

    void measure(Report report, PrintWriter out, Generator generator, int rounds, Duration time)
            throws IOException, InterruptedException {
        Turn[] ofBaseline = new Turn[rounds];
        Turn[] ofSubject = new Turn[rounds];
        try (SubjectProcess first = SubjectProcess.start(Subjects.class, baseline);
                SubjectProcess second = SubjectProcess.start(Subjects.class, subject)) {
            for (int warmUp = 0; warmUp < WARM_UP_TURNS; warmUp++) {
                turn(first, generator, time);
                turn(second, generator, time);
            }
            for (int round = 0; round < rounds; round++) {
                boolean baselineFirst = round % 2 == 0;
                Turn one = turn(baselineFirst ? first : second, generator, time);
                Turn other = turn(baselineFirst ? second : first, generator, time);
                ofBaseline[round] = baselineFirst ? one : other;
                ofSubject[round] = baselineFirst ? other : one;
            }
        }
        tell(report, baseline, ofBaseline);
        tell(report, subject, ofSubject);
        double cpu = median(rounds, round -> ofSubject[round].cpuMicros / ofBaseline[round].cpuMicros);
        double rate = median(rounds, round -> ofSubject[round].rate / ofBaseline[round].rate);
        report.add(scenario, subject.name(), "processor time against " + baseline.name(), cpu, "x");
        report.add(scenario, subject.name(), "throughput against " + baseline.name(), rate, "x");
        out.printf(
                "%s: %s %.2f us and %.0f a second, %s %.2f us and %.0f a second: processor time x %.3f, throughput x %.3f%n",
                scenario,
                baseline.name(),
                median(rounds, round -> ofBaseline[round].cpuMicros),
                median(rounds, round -> ofBaseline[round].rate),
                subject.name(),
                median(rounds, round -> ofSubject[round].cpuMicros),
                median(rounds, round -> ofSubject[round].rate),
                cpu,
                rate);
        out.flush();
    }

    private Turn turn(SubjectProcess server, Generator generator, Duration time)
            throws IOException, InterruptedException {
        long cpuBefore = server.cpuNanos();
        Load.Answers answers = load.run(server.port(), time, generator);
        long cpu = server.cpuNanos() - cpuBefore;
        if (answers.count() == 0) {
            throw new IOException("not one answer");
        }
        return new Turn(cpu / 1e3 / answers.count(), answers.count() / answers.seconds());
    }

    private void tell(Report report, Subject of, Turn[] turns) {
        report.add(scenario, of.name(), "processor time", median(turns.length, i -> turns[i].cpuMicros), "us");
        report.add(scenario, of.name(), "throughput", median(turns.length, i -> turns[i].rate), "1/s");
    }

    private static double median(int count, java.util.function.IntToDoubleFunction values) {
        double[] sorted = new double[count];
        Arrays.setAll(sorted, values);
        Arrays.sort(sorted);
        return count % 2 == 1 ? sorted[count / 2] : (sorted[count / 2 - 1] + sorted[count / 2]) / 2;
    }
}
