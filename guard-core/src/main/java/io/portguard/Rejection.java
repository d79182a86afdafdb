package io.portguard;

/**
 * A refusal: its reason, and after how many seconds another try may be worth it. Immutable, and never
 * allocated to refuse: the same reason and time are the same object.
 */
public final class Rejection implements Decision, Verdict {

    /** The longest time, in seconds, that a rejection asks a client to wait. */
    public static final int MAX_RETRY_AFTER_SECONDS = 60;

    private static final Rejection[][] ALL = all();

    private final Reason reason;
    private final int retryAfterSeconds;

    private Rejection(Reason reason, int retryAfterSeconds) {
        this.reason = reason;
        this.retryAfterSeconds = retryAfterSeconds;
    }

    /** The rejection for a reason, to be tried again after a second. */
    public static Rejection of(Reason reason) {
        return ALL[reason.ordinal()][1];
    }

    /**
     * The rejection for a reason.
     *
     * @param retryAfterSeconds when another try may be worth it; brought into the range 0 to {@value
     *     #MAX_RETRY_AFTER_SECONDS}
     */
    public static Rejection of(Reason reason, long retryAfterSeconds) {
        int seconds = (int) Math.min(Math.max(retryAfterSeconds, 0), MAX_RETRY_AFTER_SECONDS);
        return ALL[reason.ordinal()][seconds];
    }

    public Reason reason() {
        return reason;
    }

    /** Seconds until another try may be worth it, without jitter: 0 to {@value #MAX_RETRY_AFTER_SECONDS}. */
    public int retryAfterSeconds() {
        return retryAfterSeconds;
    }

    @Override
    public String toString() {
        return "Rejection[" + reason + ", retry after " + retryAfterSeconds + " s]";
    }

    private static Rejection[][] all() {
        Rejection[][] all = new Rejection[Reason.values().length][MAX_RETRY_AFTER_SECONDS + 1];
        for (Reason reason : Reason.values()) {
            for (int seconds = 0; seconds <= MAX_RETRY_AFTER_SECONDS; seconds++) {
                all[reason.ordinal()][seconds] = new Rejection(reason, seconds);
            }
        }
        return all;
    }
}
