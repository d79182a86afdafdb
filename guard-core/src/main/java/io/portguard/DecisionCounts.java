package io.portguard;

import java.util.concurrent.atomic.LongAdder;

/** What a guard has decided about one kind of attempt since it was built. Thread-safe; counts never go back. */
public final class DecisionCounts {

    private static final int PRIORITIES = Priority.values().length;

    private final LongAdder[] admitted = adders(PRIORITIES);
    private final LongAdder[] rejected = adders(PRIORITIES * Reason.values().length);
    private final LongAdder[] wouldReject = adders(PRIORITIES * Reason.values().length);
    private final LongAdder ended = new LongAdder();

    DecisionCounts() {}

    void admitted(Attempt attempt) {
        admitted[attempt.priority().ordinal()].increment();
    }

    void rejected(Attempt attempt, Reason reason, boolean enforced) {
        (enforced ? rejected : wouldReject)[index(reason, attempt.priority())].increment();
    }

    void ended() {
        ended.increment();
    }

    /** Attempts that every rule passed, or that are exempt. */
    public long admitted(Priority priority) {
        return admitted[priority.ordinal()].sum();
    }

    public long admitted() {
        return sum(admitted);
    }

    public long rejected(Reason reason, Priority priority) {
        return rejected[index(reason, priority)].sum();
    }

    public long rejected(Reason reason) {
        return sum(rejected, reason);
    }

    public long rejected() {
        return sum(rejected);
    }

    /** Attempts let through by shadow mode that would have been refused otherwise. */
    public long wouldReject(Reason reason, Priority priority) {
        return wouldReject[index(reason, priority)].sum();
    }

    public long wouldReject(Reason reason) {
        return sum(wouldReject, reason);
    }

    public long wouldReject() {
        return sum(wouldReject);
    }

    /** All attempts, whatever came of them. */
    long decided() {
        return sum(admitted) + sum(rejected) + sum(wouldReject);
    }

    /** Attempts that were let in and have not ended; exact when nothing is being decided at the moment. */
    public long active() {
        // What has ended is read first: read last, an attempt that came and went between would make it negative.
        long over = ended.sum();
        return Math.max(0, sum(admitted) + sum(wouldReject) - over);
    }

    private static int index(Reason reason, Priority priority) {
        return reason.ordinal() * PRIORITIES + priority.ordinal();
    }

    private static LongAdder[] adders(int count) {
        LongAdder[] adders = new LongAdder[count];
        for (int i = 0; i < count; i++) {
            adders[i] = new LongAdder();
        }
        return adders;
    }

    private static long sum(LongAdder[] adders) {
        long sum = 0;
        for (LongAdder adder : adders) {
            sum += adder.sum();
        }
        return sum;
    }

    private static long sum(LongAdder[] adders, Reason reason) {
        long sum = 0;
        for (int i = 0; i < PRIORITIES; i++) {
            sum += adders[reason.ordinal() * PRIORITIES + i].sum();
        }
        return sum;
    }
}
