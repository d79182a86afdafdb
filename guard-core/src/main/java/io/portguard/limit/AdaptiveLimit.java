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
     * at most. The queue is at least a quarter of the capacity, so that a slow service has room for it too.
     *
     * Neither r nor s can be seen at all times, and they can never both be seen at once: r shows only while the
     * service is busy, s only while it is not. Both are therefore kept from when they showed.
     *
     *  - r is the delivery rate over the last half second, and of those the highest of some seconds, measured
     *    only while busy: what is idle says nothing about what could be delivered, and a limit must not shrink
     *    (nor grow) while it is not used.
     *  - s is the least of the mean latency, the mean being over some hundred requests: one lucky request does
     *    not crush the limit, and the least of many means is not much less than the mean. It goes down whenever
     *    a lower mean is seen. It goes up only on evidence: when a window with clearly less in flight than the
     *    capacity, where nobody can have waited, took longer. In a lasting overload there is no such window, so
     *    latency that is our own queue never becomes the new normal, which is how baselines of other algorithms
     *    ratchet up.
     *  - To get evidence during a lasting overload, the limit is lowered to half of the capacity every ten
     *    seconds for a moment, and sooner when the service delivers less than it did (it may have lost capacity,
     *    or its own latency may have risen: half the capacity in flight tells the two apart). A drain that finds
     *    a lower latency is repeated at once. Drains happen only while requests are being refused anyway, so
     *    they never refuse a request of a service that is not overloaded.
     *  - When the limit is used up and latency is nevertheless near s, nobody waits, and the capacity was
     *    underestimated: it then grows by half at each step, the slow start of high concurrency; see Growth.
     */

    private static final int RATE_WINDOWS = 10;
    private static final int RATE_MEMORY = 60;
    private static final double UNLOADED = 0.65;
    private static final double DRAINED = 0.4;
    private static final double DRAINED_AT_MOST = 0.75;
    private static final double SLOWER = 1.15;
    private static final double MIN_QUEUE = 0.25;
    private static final double NEAR = 1.1;
    private static final double LOST = 0.8;
    private static final int LOSSES_TO_DRAIN = 4;
    private static final double DRAIN_INTERVAL_NANOS = Duration.ofSeconds(10).toNanos();
    private static final double MIN_DRAIN_INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();

    private LimitParameters parameters;
    private final DeliveryRate rate = new DeliveryRate(RATE_WINDOWS, RATE_MEMORY);
    private final MeanLatency latency = new MeanLatency();
    private final Growth growth = new Growth();
    private Drain drain = Drain.NONE;

    private double leastNanos;
    private double capacity;
    private double sinceDrainNanos = DRAIN_INTERVAL_NANOS;
    private int losses;

    AdaptiveLimit(LimitParameters parameters) {
        this.parameters = parameters;
        this.capacity = parameters.initial();
    }

    @Override
    public Allowance initial() {
        return new Allowance(parameters.initial(), parameters.initial());
    }

    @Override
    public Allowance reconfigure(LimitParameters changed) {
        parameters = changed;
        return allowance();
    }

    @Override
    public Allowance update(Window window) {
        sinceDrainNanos += window.durationNanos();
        latency.add(window);
        if (drain.isUnderWay()) {
            duringDrain(window);
        } else if (latency.isKnown()) {
            learn(window);
        }
        return allowance();
    }

    private void learn(Window window) {
        double mean = latency.nanos();
        if (leastNanos == 0 || mean < leastNanos) {
            leastNanos = mean;
        } else if (window.refused() == 0 && window.meanInFlight() <= capacity * UNLOADED) {
            leastNanos += (mean - leastNanos) * 0.5;
        }
        if (window.refused() == 0 && window.meanInFlight() <= capacity * UNLOADED) {
            sinceDrainNanos = 0;
        }
        if (!isBusy(window)) {
            growth.stop();
            losses = 0;
            return;
        }
        rate.add(window.completed(), window.durationNanos());
        capacity = Math.max(1, rate.highest() * leastNanos);
        boolean near = mean < leastNanos * NEAR;
        growth.next(near && window.refused() > 0, mean, window.durationNanos());
        losses = rate.present() < rate.highest() * LOST ? losses + 1 : 0;
        boolean due = sinceDrainNanos >= DRAIN_INTERVAL_NANOS
                || (losses >= LOSSES_TO_DRAIN && sinceDrainNanos >= MIN_DRAIN_INTERVAL_NANOS);
        if (due && !near && window.refused() > 0) {
            drain = Drain.start(rate.present(), mean);
        }
    }

    /** Busy is who turns requests away, or has a queue that is worth speaking of. */
    private boolean isBusy(Window window) {
        return window.refused() > 0
                || (window.meanInFlight() > capacity * 0.9
                        && latency.nanos() > leastNanos + parameters.targetDelayNanos() / 2);
    }

    private void duringDrain(Window window) {
        drain = drain.next(window);
        if (drain.isUnderWay()) {
            return;
        }
        double before = leastNanos;
        boolean deeper = false;
        if (drain.hasMeasured() && drain.foundQueue()) {
            // There is less capacity than was thought, so much less that half of it was still too much.
            rate.forget();
            capacity = Math.max(1, capacity * DRAINED);
            deeper = capacity > 1;
        } else if (drain.hasMeasured()) {
            leastNanos = drain.latencyNanos();
            if (losses > 0 && leastNanos < before * SLOWER) {
                rate.forget();
            }
            capacity = Math.max(1, rate.highest() * leastNanos);
            deeper = leastNanos < before * 0.8;
        }
        double drainedMean = latency.nanos();
        latency.forget();
        growth.hold(drainedMean);
        sinceDrainNanos = 0;
        losses = 0;
        if (deeper) {
            drain = Drain.start(rate.present(), drainedMean);
        }
    }

    private Allowance allowance() {
        if (drain.isUnderWay()) {
            double drained = Math.min(parameters.max(), capacity);
            return new Allowance(
                    Math.max(1, (int) (drained * DRAINED)), Math.max(1, (int) (drained * DRAINED_AT_MOST)));
        }
        double worked = capacity * growth.factor();
        double queue = Math.max(rate.highest() * parameters.targetDelayNanos(), capacity * MIN_QUEUE);
        int limit = (int) parameters.clamp(Math.ceil(worked + queue));
        return new Allowance(Math.min(limit, (int) Math.ceil(worked)), limit);
    }
}
