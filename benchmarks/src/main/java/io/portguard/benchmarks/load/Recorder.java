package io.portguard.benchmarks.load;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Counts what becomes of the requests, by phase and stream and by slot. Every request is counted where it was
 * due, whenever it ends. All times are nanoseconds since the run's beginning. Not thread-safe.
 */
final class Recorder {

    private static final int NOT_SEEN = -1;

    private final LoadPlan plan;
    private final List<Stream> streams;
    private final Consumer<Slot> settled;
    private final long slotNanos;
    private final int[] phaseOfSlot;
    private final Tally[][] tallies;
    private final Histogram[] lateness;
    private final long[] connectionsOpened;
    private final @Nullable OpenSlot[] openSlots;
    private final ArrayDeque<OpenSlot> spareSlots = new ArrayDeque<>();
    private final List<Slot> slots = new ArrayList<>();

    /** What is still changing of a slot. */
    private static final class OpenSlot {
        final Tally[] groups;
        final Histogram lateness = new Histogram(1, 60_000_000, 2);
        int inFlight = NOT_SEEN;
        long connectionsOpened;

        OpenSlot(int groupCount) {
            groups = new Tally[groupCount];
            for (int i = 0; i < groupCount; i++) {
                groups[i] = Tally.small();
            }
        }

        boolean isFinished() {
            for (Tally group : groups) {
                if (group.finished() < group.offered()) {
                    return false;
                }
            }
            return true;
        }

        void clear() {
            for (Tally group : groups) {
                group.clear();
            }
            lateness.reset();
            inFlight = NOT_SEEN;
            connectionsOpened = 0;
        }
    }

    Recorder(LoadPlan plan, List<Stream> streams, Consumer<Slot> settled) {
        this.plan = plan;
        this.streams = streams;
        this.settled = settled;
        this.slotNanos = plan.slot().toNanos();
        int phases = plan.phases().size();
        this.phaseOfSlot = IntStream.range(0, phases)
                .flatMap(phase -> IntStream.generate(() -> phase)
                        .limit(plan.phases().get(phase).length().toNanos() / slotNanos))
                .toArray();
        this.openSlots = new OpenSlot[phaseOfSlot.length];
        this.tallies = new Tally[phases][streams.size()];
        this.lateness = new Histogram[phases];
        this.connectionsOpened = new long[phases];
        for (int phase = 0; phase < phases; phase++) {
            lateness[phase] = new Histogram(1, 60_000_000, 3);
            for (int stream = 0; stream < streams.size(); stream++) {
                tallies[phase][stream] = new Tally();
            }
        }
    }

    /** A request is due, and the generator has come to it. */
    void offered(Stream stream, long due, long now) {
        int slot = slotOf(due);
        OpenSlot open = openSlot(slot);
        long late = Math.max(0, now - due) / 1_000;
        tallies[phaseOfSlot[slot]][stream.index()].offer();
        lateness[phaseOfSlot[slot]].recordValue(Math.min(late, 60_000_000));
        open.groups[stream.groupIndex()].offer();
        open.lateness.recordValue(Math.min(late, 60_000_000));
    }

    void finished(Stream stream, long due, long now, Outcome outcome) {
        int slot = slotOf(due);
        tallies[phaseOfSlot[slot]][stream.index()].finish(outcome, now - due);
        openSlot(slot).groups[stream.groupIndex()].finish(outcome, now - due);
    }

    void answered(Stream stream, long due, long now, int status, String reason) {
        if (status >= 200 && status < 300) {
            finished(stream, due, now, now - due <= plan.deadline().toNanos() ? Outcome.IN_TIME : Outcome.LATE);
        } else if (status == 403 || status == 429 || status == 503) {
            int slot = slotOf(due);
            Refusal refusal = new Refusal(status, reason);
            tallies[phaseOfSlot[slot]][stream.index()].finish(refusal, now - due);
            openSlot(slot).groups[stream.groupIndex()].finish(refusal, now - due);
        } else {
            finished(stream, due, now, Outcome.FAILED);
        }
    }

    void connectionOpened(long now) {
        int slot = slotOf(now);
        connectionsOpened[phaseOfSlot[slot]]++;
        if (slot >= slots.size()) {
            openSlot(slot).connectionsOpened++;
        }
    }

    /** So many requests are under way at the moment. */
    void inFlight(long now, int count) {
        int slot = slotOf(now);
        if (slot >= slots.size()) {
            OpenSlot open = openSlot(slot);
            open.inFlight = Math.max(open.inFlight, count);
        }
    }

    /** Hands over the slots in which nothing can change any more: all requests due before the time are in. */
    void settleBefore(long nanos) {
        while (slots.size() < openSlots.length && (slots.size() + 1) * slotNanos <= nanos) {
            OpenSlot open = openSlot(slots.size());
            if (!open.isFinished()) {
                return;
            }
            openSlots[slots.size()] = null;
            Slot slot = slot(slots.size(), open);
            slots.add(slot);
            open.clear();
            spareSlots.add(open);
            settled.accept(slot);
        }
    }

    boolean isSettledUntil(long nanos) {
        return slots.size() * slotNanos >= nanos;
    }

    List<Slot> slots() {
        return slots;
    }

    PhaseResult phaseResult(int phase, Duration length, double generatorCpuPercent) {
        List<PhaseResult.Stream> results = new ArrayList<>();
        for (Stream stream : streams) {
            results.add(new PhaseResult.Stream(stream.group(), stream.target().tag(), tallies[phase][stream.index()]));
        }
        return new PhaseResult(
                plan.phases().get(phase).name(),
                length,
                results,
                connectionsOpened[phase],
                Tally.millis(lateness[phase], 99),
                Tally.millis(lateness[phase], 100),
                generatorCpuPercent);
    }

    private Slot slot(int index, OpenSlot open) {
        Tally total = Tally.small();
        Map<String, Double> success = new HashMap<>();
        for (int group = 0; group < open.groups.length; group++) {
            total.add(open.groups[group]);
            if (open.groups[group].offered() > 0) {
                success.put(plan.groups().get(group).name(), open.groups[group].successRatio());
            }
        }
        // A generator that was held up has not looked in this slot; what was under way before was so still.
        int inFlight = open.inFlight != NOT_SEEN
                ? open.inFlight
                : index == 0 ? 0 : slots.get(index - 1).inFlight();
        return new Slot(
                index * slotNanos / 1e9,
                slotNanos / 1e9,
                plan.phases().get(phaseOfSlot[index]).name(),
                total,
                success,
                inFlight,
                open.connectionsOpened,
                Tally.millis(open.lateness, 99));
    }

    // What happens after the end (connections for requests still waiting) counts into the last slot.
    private int slotOf(long nanos) {
        return (int) Math.min(nanos / slotNanos, phaseOfSlot.length - 1);
    }

    private OpenSlot openSlot(int index) {
        OpenSlot open = openSlots[index];
        if (open == null) {
            OpenSlot spare = spareSlots.poll();
            open = spare == null ? new OpenSlot(plan.groups().size()) : spare;
            openSlots[index] = open;
        }
        return open;
    }
}
