package io.portguard.limit;

/**
 * Tells from the natural ups and downs of what is in flight whether latency follows them. In a queue it does, one to
 * one; where nobody waits it makes no difference how many others there are. Not thread-safe.
 *
 * <p>This is a regression of the changes of the logarithm of latency, from window to window, on those of what is in
 * flight, so that a trend that both have, as when a dependency becomes slower, counts for little. It is a probe that
 * costs nothing and refuses nobody; it says nothing while a limit holds what is in flight where it is.
 */
final class Elasticity {

    private static final double MEMORY_WINDOWS = 20;
    private static final double ENOUGH_WINDOWS = 8;
    private static final double FLAT = 0.4;
    private static final double ERRORS = 2;
    /** A change of the logarithm of latency, within a window, that is no fluctuation: what was before says nothing now. */
    private static final double ANOTHER_SERVICE = 0.5;
    /**
     * So far above what was in flight on average, in the logarithm, is another place: that nobody waited there says nothing of
     * here, where there may be more in flight than the service can work on.
     */
    private static final double ANOTHER_PLACE = 0.4;

    private double lastLatency;
    private double lastInFlight;
    private double meanInFlight;
    private double windows;
    private double inFlightSquares;
    private double latencySquares;
    private double products;

    void next(Window window) {
        if (window.refused() > 0 || window.served() == 0) {
            forget();
            return;
        }
        double latency = Math.log(Math.max(1, window.meanLatencyNanos()));
        double inFlight = Math.log(Math.max(1, window.meanInFlight()));
        if (lastLatency != 0 && inFlight - meanInFlight > ANOTHER_PLACE) {
            forget();
        }
        if (lastLatency == 0) {
            meanInFlight = inFlight;
        } else {
            // With the one before the first change and this one.
            meanInFlight += (inFlight - meanInFlight) / Math.min(ENOUGH_WINDOWS, windows + 2);
            double kept = Math.min(1, MEMORY_WINDOWS / (windows + 1));
            double longer = latency - lastLatency;
            double more = inFlight - lastInFlight;
            if (Math.abs(longer) > ANOTHER_SERVICE) {
                forget();
                return;
            }
            windows = windows * kept + 1;
            inFlightSquares = inFlightSquares * kept + more * more;
            latencySquares = latencySquares * kept + longer * longer;
            products = products * kept + more * longer;
        }
        lastLatency = latency;
        lastInFlight = inFlight;
    }

    /** Whether latency certainly does not depend on how many are in flight. */
    boolean isFlat() {
        if (windows < ENOUGH_WINDOWS || inFlightSquares == 0) {
            return false;
        }
        double slope = products / inFlightSquares;
        double unexplained = Math.max(0, latencySquares - slope * products);
        double error = Math.sqrt(unexplained / inFlightSquares / (windows - 2));
        return slope + ERRORS * error < FLAT;
    }

    private void forget() {
        lastLatency = 0;
        windows = 0;
        inFlightSquares = 0;
        latencySquares = 0;
        products = 0;
    }
}
