package io.portguard.benchmarks.server;

import io.portguard.benchmarks.Report;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/**
 * Two servers under the same load, turn by turn, so that what else goes on in the machine hits both alike. What is
 * told of each is the median of its turns, and of the two the median of the ratios of turns that belong together.
 *
 * <p>How fast a process is depends on what the compiler happened to inline when, by as much as a tenth either way. So
 * the servers are started several times.
 *
 * @param scenario what is compared
 * @param baseline the server that does it as cheaply as can be, or without a guard
 */
record Comparison(String scenario, Load load, Subject baseline, Subject subject) {

    /**
     * How much is measured.
     *
     * @param starts how often both servers are started
     * @param warmUps turns after each start that are not counted: a server that says hello is still being compiled after
     *     two hundred thousand requests, and one of the machine's two processors is the compiler's then
     * @param rounds turns of each server after each start
     * @param turn how long a turn lasts
     */
    record Size(int starts, int warmUps, int rounds, Duration turn) {

        int turns() {
            return starts * rounds;
        }
    }

    /** One turn of one server: processor time for an answer, and answers a second. */
    private record Turn(double cpuMicros, double rate) {}

    void measure(Report report, PrintWriter out, Generator generator, Size size)
            throws IOException, InterruptedException {
        List<Turn> ofBaseline = new ArrayList<>();
        List<Turn> ofSubject = new ArrayList<>();
        for (int start = 0; start < size.starts; start++) {
            play(generator, size, ofBaseline, ofSubject);
        }
        tell(report, baseline, ofBaseline);
        tell(report, subject, ofSubject);
        int turns = size.turns();
        double cpu = median(turns, turn -> ofSubject.get(turn).cpuMicros / ofBaseline.get(turn).cpuMicros);
        double rate = median(turns, turn -> ofSubject.get(turn).rate / ofBaseline.get(turn).rate);
        report.add(scenario, subject.name(), "processor time against " + baseline.name(), cpu, "x");
        report.add(scenario, subject.name(), "throughput against " + baseline.name(), rate, "x");
        out.printf(
                "%s: %s %.2f us and %.0f a second, %s %.2f us and %.0f a second: processor time x %.3f, throughput x %.3f%n",
                scenario,
                baseline.name(),
                median(turns, turn -> ofBaseline.get(turn).cpuMicros),
                median(turns, turn -> ofBaseline.get(turn).rate),
                subject.name(),
                median(turns, turn -> ofSubject.get(turn).cpuMicros),
                median(turns, turn -> ofSubject.get(turn).rate),
                cpu,
                rate);
        out.flush();
    }

    /** Starts both and adds their turns. */
    private void play(Generator generator, Size size, List<Turn> ofBaseline, List<Turn> ofSubject)
            throws IOException, InterruptedException {
        try (SubjectProcess first = SubjectProcess.start(Subjects.class, baseline);
                SubjectProcess second = SubjectProcess.start(Subjects.class, subject)) {
            for (int warmUp = 0; warmUp < size.warmUps; warmUp++) {
                turn(first, generator, size.turn);
                turn(second, generator, size.turn);
            }
            for (int round = 0; round < size.rounds; round++) {
                boolean baselineFirst = round % 2 == 0;
                Turn one = turn(baselineFirst ? first : second, generator, size.turn);
                Turn other = turn(baselineFirst ? second : first, generator, size.turn);
                ofBaseline.add(baselineFirst ? one : other);
                ofSubject.add(baselineFirst ? other : one);
            }
        }
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

    private void tell(Report report, Subject of, List<Turn> turns) {
        report.add(scenario, of.name(), "processor time", median(turns.size(), i -> turns.get(i).cpuMicros), "us");
        report.add(scenario, of.name(), "throughput", median(turns.size(), i -> turns.get(i).rate), "1/s");
    }

    private static double median(int count, IntToDoubleFunction values) {
        double[] sorted = new double[count];
        Arrays.setAll(sorted, values);
        Arrays.sort(sorted);
        return count % 2 == 1 ? sorted[count / 2] : (sorted[count / 2 - 1] + sorted[count / 2]) / 2;
    }
}
