package io.portguard.storm;

import io.portguard.benchmarks.load.LoadListener;
import io.portguard.benchmarks.load.Outcome;
import io.portguard.benchmarks.load.Slot;
import io.portguard.benchmarks.load.Tally;
import io.portguard.benchmarks.overload.Scenario;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executor;

/**
 * The table that grows while a scenario is played. On a terminal it has a line for each phase, the last of which is
 * redrawn every second; elsewhere a line for every second.
 *
 * <p>It runs about a second behind, since only then is it known which requests are never answered.
 */
final class LiveTable implements LoadListener {

    private static final String HEADER = String.format(
            Locale.ROOT,
            "  %-10s %6s %10s %10s %8s %10s %10s %8s %8s %9s",
            "phase",
            "time",
            "offered/s",
            "in time/s",
            "late/s",
            "refused/s",
            "gave up/s",
            "p50 ms",
            "p99 ms",
            "polite %");
    private static final String BACK_AND_CLEAR = "\r\u001b[2K";

    private final PrintWriter out;
    private final boolean inPlace;
    private final Executor printer;
    private final List<Slot> second = new ArrayList<>();
    private final List<Slot> phase = new ArrayList<>();

    /**
     * @param inPlace whether the output is a terminal on which a line can be drawn again
     * @param printer prints: a terminal that is held up must not hold up the generator, whose thread calls this
     */
    LiveTable(PrintWriter out, boolean inPlace, Executor printer) {
        this.out = out;
        this.inPlace = inPlace;
        this.printer = printer;
        print(HEADER + System.lineSeparator());
    }

    @Override
    public void slotSettled(Slot slot) {
        if (!phase.isEmpty() && !phase.get(0).phase().equals(slot.phase())) {
            finishPhase();
        }
        second.add(slot);
        phase.add(slot);
        if (seconds(second) >= 1) {
            String row = row(second, seconds(phase));
            print(inPlace ? BACK_AND_CLEAR + row : row + System.lineSeparator());
            second.clear();
        }
    }

    /** Completes the table when the scenario is over. */
    void finish() {
        if (!phase.isEmpty()) {
            finishPhase();
        }
    }

    private void finishPhase() {
        if (inPlace) {
            print(BACK_AND_CLEAR + row(phase, seconds(phase)) + System.lineSeparator());
        }
        phase.clear();
        second.clear();
    }

    private static double seconds(List<Slot> slots) {
        return slots.stream().mapToDouble(Slot::seconds).sum();
    }

    private static String row(List<Slot> slots, double elapsed) {
        Tally tally = Tally.sum(slots.stream().map(Slot::tally).toList());
        double seconds = seconds(slots);
        double polite = slots.stream()
                .mapToDouble(slot -> slot.successByGroup().getOrDefault(Scenario.POLITE, 1.0))
                .average()
                .orElse(1);
        return String.format(
                Locale.ROOT,
                "  %-10s %4.0f s %,10.0f %,10.0f %,8.0f %,10.0f %,10.0f %8s %8s %9.1f",
                slots.get(0).phase(),
                elapsed,
                tally.offered() / seconds,
                tally.count(Outcome.IN_TIME) / seconds,
                tally.count(Outcome.LATE) / seconds,
                tally.count(Outcome.REFUSED) / seconds,
                (tally.count(Outcome.TIMED_OUT) + tally.count(Outcome.UNSENT)) / seconds,
                millis(tally.admittedMillis(50)),
                millis(tally.admittedMillis(99)),
                100 * polite);
    }

    private static String millis(double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%,.0f", value);
    }

    private void print(String text) {
        printer.execute(() -> {
            out.print(text);
            out.flush();
        });
    }
}
