package io.portguard.limit;

/**
 * What was measured of a service during a stretch of time.
 *
 * @param durationNanos how long it was
 * @param completed how many requests ended, served or failed
 * @param served how many of them were served; the latency is theirs
 * @param dropped how many of the completed ran out of time or were dropped behind the guard
 * @param latencySumNanos the sum of the latencies of those served
 * @param inFlightSum the sum, over those that ended, of how many were in flight when they did
 * @param peakInFlight the most that were in flight at once
 * @param standing how many were in flight at its begin or at its end, whichever is less: more than that came and went
 * @param admitted how many began, as far as what was in flight and what ended tells
 * @param refused how many requests the limit turned away
 * @param refusedFirst how many of those matter most and come of clients within their share
 */
public record Window(
        long durationNanos,
        long completed,
        long served,
        long dropped,
        long latencySumNanos,
        long inFlightSum,
        int peakInFlight,
        int standing,
        long admitted,
        long refused,
        long refusedFirst) {

    /** The mean latency of those served, in nanoseconds; 0 when none was. */
    public double meanLatencyNanos() {
        return served == 0 ? 0 : (double) latencySumNanos / served;
    }

    /** Whether what was in flight stood there throughout, so that Little's law holds within the window. */
    boolean isStationary() {
        return standing >= meanInFlight() / 2;
    }

    /** How many were in flight on average, as those that ended saw it; 0 when none did. */
    public double meanInFlight() {
        return completed == 0 ? 0 : (double) inFlightSum / completed;
    }
}
