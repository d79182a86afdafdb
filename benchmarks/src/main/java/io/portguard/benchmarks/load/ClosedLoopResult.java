package io.portguard.benchmarks.load;

/**
 * What a closed loop got done.
 *
 * @param tally the requests; here every answer of 2xx counts as in time
 * @param seconds how long it ran
 */
public record ClosedLoopResult(Tally tally, double seconds) {

    /** Answers of 2xx a second. */
    public double perSecond() {
        return tally.count(Outcome.IN_TIME) / seconds;
    }
}
