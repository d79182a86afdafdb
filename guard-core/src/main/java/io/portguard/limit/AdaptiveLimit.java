package io.portguard.limit;

import java.time.Duration;

/**
 * The default limit: what the service delivers times how long it needs when nobody waits, plus a queue that
 * takes the target delay to serve.
 */
final class AdaptiveLimit implements Limit {

    /*
     * Little's law says that a service which delivers r requests a second, each of which takes it a time s, has
     * r * s of them in work. Whatever is in flight above that waits. So if r is the most that the service can
     * deliver and s the latency when nobody waits, r * s is its capacity, the bandwidth-delay product of
     * congestion control (Kleinrock 1979; Cardwell et al., "BBR: Congestion-Based Congestion Control", 2016).
     * Above it we allow a queue of r * target: it absorbs bursts, and everyone in it waits for the target delay
     * at most. The queue is at
     * least a quarter of the capacity, so that a slow service has room for it too.
     *
     * Neither r nor s can be seen at all times, and they can never both be seen at once: r shows only while the
     * service is busy, s only while it is not. Both are therefore kept from when they showed.
     *
     *  - r is the delivery rate over the last half second, and of those the highest of some seconds, measured
     *    only while busy: what is idle says nothing about what could be delivered, and a limit must not shrink
     *    (nor grow) while it is not used.
     *  - s is the least mean latency of a window. Means over many requests, not single ones, so that one lucky
     *    request does not crush the limit. It goes down whenever a lower mean is seen. It goes up only on
     *    evidence: when a window with clearly less in flight than the capacity, where nobody can have waited,
     *    took longer. In a lasting overload there is no such window, so latency that is our own queue never
     *    becomes the new normal, which is how baselines of other algorithms ratchet up.
     *  - To get evidence during a lasting overload, the limit is lowered to half of the capacity every ten
     *    seconds for a moment, and sooner when the service delivers less than it did (it may have lost capacity,
     *    or its own latency may have risen: half the capacity in flight tells the two apart). A drain that finds
     *    a lower latency is repeated at once. Drains happen only while requests are being refused anyway, so
     *    they never refuse a request of a service that is not overloaded.
     *
     * When the limit is used up and latency is nevertheless near s, nobody waits, and the capacity was
     * underestimated: the limit then grows by half at each window, the slow start of high concurrency.
     */

    private static final int RATE_WINDOWS = 10;
    private static final int RATE_MEMORY = 60;
    private static final double UNLOADED = 0.65;
    private static final double DRAIN = 0.5;
    private static final double MIN_QUEUE = 0.25;
    private static final double GROWTH = 1.5;
    private static final double NEAR = 1.15;
    private static final double LOST = 0.8;
    private static final int WINDOWS_TO_REMEMBER_LOSS = 4;
    private static final long DRAIN_INTERVAL_NANOS = Duration.ofSeconds(10).toNanos();
    private static final long MIN_DRAIN_INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();

    private final DeliveryRate rate = new DeliveryRate(RATE_WINDOWS, RATE_MEMORY);

    private LimitParameters parameters;
    private double leastLatencyNanos;
    private double capacity;
    private double headroom = 1;
    private long sinceDrainNanos = DRAIN_INTERVAL_NANOS;
    private int lossySeen;
    private Drain drain = Drain.NONE;

    AdaptiveLimit(LimitParameters parameters) {
        this.parameters = parameters;
        this.capacity = parameters.initial();
    }

    @Override
    public Allowance initial() {
        return new Allowance(parameters.initial(), parameters.initial());
    }

    @Override
    public Allowance update(Window window) {
        sinceDrainNanos += window.durationNanos();
        double latency = window.meanLatencyNanos();
        if (window.served() > 0 && latency > 0) {
            if (drain.isUnderWay()) {
                return duringDrain(window, latency);
            }
            learn(window, latency);
        }
        return allowance();
    }

    @Override
    public Allowance reconfigure(LimitParameters changed) {
        parameters = changed;
        return allowance();
    }

    private void learn(Window window, double latency) {
        boolean known = leastLatencyNanos > 0;
        if (!known || latency < leastLatencyNanos) {
            leastLatencyNanos = latency;
        } else if (window.meanInFlight() <= capacity * UNLOADED && window.refused() == 0) {
            leastLatencyNanos += (latency - leastLatencyNanos) * 0.5;
        }
        if (!isBusy(window, latency)) {
            headroom = 1;
            lossySeen = 0;
            return;
        }
        rate.add(window.completed(), window.durationNanos());
        capacity = Math.max(1, rate.highest() * leastLatencyNanos);
        headroom = latency < leastLatencyNanos * NEAR ? Math.min(headroom * GROWTH, parameters.max()) : 1;
        lossySeen = rate.present() < rate.highest() * LOST ? lossySeen + 1 : 0;
        boolean due = sinceDrainNanos >= DRAIN_INTERVAL_NANOS
                || (lossySeen >= WINDOWS_TO_REMEMBER_LOSS && sinceDrainNanos >= MIN_DRAIN_INTERVAL_NANOS);
        if (due && window.refused() > 0 && headroom == 1) {
            drain = Drain.start(latency);
        }
    }

    /** Busy is who turns requests away, or has a queue that is worth speaking of. */
    private boolean isBusy(Window window, double latency) {
        return window.refused() > 0
                || (window.meanInFlight() > capacity * 0.9
                        && latency > leastLatencyNanos + parameters.targetDelayNanos() / 2);
    }

    private Allowance duringDrain(Window window, double latency) {
        drain = drain.next(window, latency);
        if (drain.isUnderWay()) {
            return drainAllowance();
        }
        double seen = drain.latencyNanos();
        double before = leastLatencyNanos;
        if (seen > 0) {
            leastLatencyNanos = seen;
            if (lossySeen > 0) {
                rate.forget();
            }
            capacity = Math.max(1, rate.highest() * leastLatencyNanos);
        }
        sinceDrainNanos = 0;
        lossySeen = 0;
        if (seen > 0 && seen < before * 0.9) {
            drain = Drain.start(latency);
            return drainAllowance();
        }
        return allowance();
    }

    private Allowance drainAllowance() {
        int limit = (int) Math.ceil(Math.min(parameters.max(), capacity * DRAIN));
        return new Allowance(limit, limit);
    }

    private Allowance allowance() {
        if (drain.isUnderWay()) {
            return drainAllowance();
        }
        double queue = Math.max(rate.highest() * parameters.targetDelayNanos(), capacity * MIN_QUEUE);
        double wide = capacity * headroom;
        int limit = (int) Math.round(parameters.clamp(Math.ceil(wide + queue)));
        return new Allowance(Math.min(limit, Math.max(1, (int) Math.ceil(wide))), limit);
    }
}
