package io.portguard;

/** What a guard has decided about one kind of attempt since it was built. Thread-safe; counts never go back. */
public final class DecisionCounts {

    private static final int PRIORITIES = Priority.values().length;
    private static final int OF_REASONS = PRIORITIES * Reason.values().length;

    /** The first of the sums of each kind; there is one of those admitted for each priority. */
    private static final int ADMITTED = 0;

    private static final int ENDED = ADMITTED + PRIORITIES;
    private static final int REJECTED = ENDED + 1;
    private static final int WOULD_REJECT = REJECTED + OF_REASONS;

    private final StripedSums sums = new StripedSums(WOULD_REJECT + OF_REASONS);

    DecisionCounts() {}

    void admitted(Attempt attempt) {
        sums.stripe().add(ADMITTED + attempt.priority().ordinal(), 1);
    }

    void rejected(Attempt attempt, Reason reason, boolean enforced) {
        sums.stripe().add((enforced ? REJECTED : WOULD_REJECT) + index(reason, attempt.priority()), 1);
    }

    void ended() {
        sums.stripe().add(ENDED, 1);
    }

    /** Attempts that every rule passed, or that are exempt. */
    public long admitted(Priority priority) {
        return sums.sum(ADMITTED + priority.ordinal());
    }

    public long admitted() {
        return sum(ADMITTED, PRIORITIES);
    }

    public long rejected(Reason reason, Priority priority) {
        return sums.sum(REJECTED + index(reason, priority));
    }

    public long rejected(Reason reason) {
        return sum(REJECTED + index(reason, Priority.values()[0]), PRIORITIES);
    }

    public long rejected() {
        return sum(REJECTED, OF_REASONS);
    }

    /** Attempts let through by shadow mode that would have been refused otherwise. */
    public long wouldReject(Reason reason, Priority priority) {
        return sums.sum(WOULD_REJECT + index(reason, priority));
    }

    public long wouldReject(Reason reason) {
        return sum(WOULD_REJECT + index(reason, Priority.values()[0]), PRIORITIES);
    }

    public long wouldReject() {
        return sum(WOULD_REJECT, OF_REASONS);
    }

    /** All attempts, whatever came of them; asked by the tick. */
    long decided() {
        long decided = 0;
        long[] all = sums.sums();
        for (int i = 0; i < all.length; i++) {
            decided += i == ENDED ? 0 : all[i];
        }
        return decided;
    }

    /** Attempts that were let in and have not ended; exact when nothing is being decided at the moment. */
    public long active() {
        // What has ended is read first: read last, an attempt that came and went between would make it negative.
        long over = sums.sum(ENDED);
        return Math.max(0, admitted() + wouldReject() - over);
    }

    private static int index(Reason reason, Priority priority) {
        return reason.ordinal() * PRIORITIES + priority.ordinal();
    }

    private long sum(int first, int count) {
        long sum = 0;
        for (int i = first; i < first + count; i++) {
            sum += sums.sum(i);
        }
        return sum;
    }
}
