package io.portguard.benchmarks.load;

import java.util.Map;

/**
 * One point of a run's time series: what became of the requests that were due in this stretch of time.
 *
 * @param startSeconds when the stretch began, since the run began
 * @param seconds how long it is
 * @param phase the name of the phase it belongs to
 * @param tally the requests
 * @param successByGroup the share of a group's requests that was answered well and in time; groups with no
 *     request due are not there
 * @param inFlight the most requests that were under way at a time in this stretch, seen from the clients
 * @param connectionsOpened connections that were opened in this time
 * @param sendLateP99Millis 99th percentile of how late the generator itself was; NaN if nothing was due
 */
public record Slot(
        double startSeconds,
        double seconds,
        String phase,
        Tally tally,
        Map<String, Double> successByGroup,
        int inFlight,
        long connectionsOpened,
        double sendLateP99Millis) {

    public Slot {
        successByGroup = Map.copyOf(successByGroup);
    }
}
