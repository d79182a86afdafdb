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
    private static final int RATE_MEMORY = 600;
    private static final double UNLOADED = 0.65;
    private static final double DRAINED = 0.4;
    private static final double DRAINED_AT_MOST = 0.75;
    private static final double MUCH_LESS = 0.7;
    private static final double RISEN = 1.15;
    private static final double MIN_QUEUE = 0.25;
    private static final double NEAR = 1.1;
    private static final double LOST = 0.8;
    private static final int LOSSES_TO_DRAIN = 4;
    private static final double DRAIN_INTERVAL_NANOS = Duration.ofSeconds(10).toNanos();
    private static final int DRAINS_A_TRIAL = 6;
    private static final double MORE_WITH_LESS = 1.1;
    private static final double QUEUED = 1.3;
    private static final double TARGET_PART = 0.85;
    private static final double SETTLED = 1.2;
    private static final double DRAINS_APART = 40;
    private static final double MIN_DRAIN_INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();

    private LimitParameters parameters;
    private final DeliveryRate rate = new DeliveryRate(RATE_WINDOWS, RATE_MEMORY);
    private final MeanLatency latency = new MeanLatency();
    private final Growth growth = new Growth();
    private final QueueSize queueSize = new QueueSize();
    private Drain drain = Drain.NONE;

    private double leastNanos;
    private double capacity;
    private double sinceDrainNanos = DRAIN_INTERVAL_NANOS;
    private double capacityAtDrain;
    private boolean queued;
    private int drains;
    private double drainIntervalNanos = DRAIN_INTERVAL_NANOS;
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
        if (queueSize.isTrying() && !drain.isUnderWay()) {
            queueSize.next(window);
        }
        return allowance();
    }

    private void learn(Window window) {
        double mean = latency.nanos();
        boolean unloaded = window.refused() == 0 && window.meanInFlight() <= capacity * UNLOADED;
        if (leastNanos == 0 || mean < leastNanos) {
            leastNanos = mean;
        } else if (unloaded) {
            leastNanos += (mean - leastNanos) * 0.5;
        }
        if (unloaded) {
            sinceDrainNanos = 0;
        }
        if (!isBusy(window)) {
            growth.forgive();
            queueSize.useFull();
            losses = 0;
            return;
        }
        rate.add(window.completed(), window.durationNanos());
        capacity = Math.max(1, rate.highest() * leastNanos);
        boolean near = mean < leastNanos * NEAR;
        growth.next(near && window.refused() > 0, mean, window.durationNanos());
        losses = rate.present() < rate.highest() * LOST ? losses + 1 : 0;
        boolean due = sinceDrainNanos >= drainIntervalNanos
                || (losses >= LOSSES_TO_DRAIN && sinceDrainNanos >= MIN_DRAIN_INTERVAL_NANOS);
        if (due && !near && !queueSize.isTrying() && window.refused() > 0) {
            sinceDrainNanos = 0;
            queued = window.meanInFlight() > capacity * QUEUED;
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
        boolean lost = losses > 0;
        boolean deeper = false;
        boolean doubtful = false;
        if (drain.hasMeasured()) {
            double seen = drain.latencyNanos();
            if (drain.foundQueue()) {
                // What was seen is still a queue, so it can only show that the latency is less than was thought.
                leastNanos = Math.min(leastNanos, seen);
                rate.startFrom(drain.rate());
            } else {
                leastNanos = seen;
                if (lost) {
                    rate.startFrom(drain.rateBefore());
                }
            }
            double capacityBefore = capacity;
            capacity = Math.max(1, rate.highest() * leastNanos);
            boolean canGoLower = drained(capacity) < drained(capacityBefore);
            deeper = canGoLower && (drain.foundQueue() || seen < before * MUCH_LESS);
            // A latency that has risen may be a queue that changed while it was looked at.
            doubtful = seen > before * RISEN;
        }
        double drainedMean = latency.nanos();
        double rateBefore = drain.rateBefore();
        latency.forget();
        growth.hold(drainedMean);
        // So that draining costs a hundredth or two of what is delivered, however long it takes.
        drainIntervalNanos =
                Math.max(doubtful ? MIN_DRAIN_INTERVAL_NANOS : DRAIN_INTERVAL_NANOS, sinceDrainNanos * DRAINS_APART);
        sinceDrainNanos = 0;
        losses = 0;
        if (drain.rate() > rateBefore * MORE_WITH_LESS) {
            queueSize.useSmall();
        }
        if (deeper) {
            drain = Drain.start(drain.rate(), drainedMean);
        } else if (queueSize.isSmall() || (queued && (lost || (isSettled() && drains++ % DRAINS_A_TRIAL == 0)))) {
            queueSize.tryOther(rateBefore);
        }
        capacityAtDrain = capacity;
    }

    private boolean isSettled() {
        return capacity < capacityAtDrain * SETTLED && capacity > capacityAtDrain / SETTLED;
    }

    private int drained(double capacity) {
        return (int) parameters.clamp(capacity * DRAINED_AT_MOST);
    }

    private Allowance allowance() {
        if (drain.isUnderWay()) {
            int limit = drained(capacity);
            return new Allowance(Math.max(1, Math.min(limit, (int) (capacity * DRAINED))), limit);
        }
        double worked = capacity * growth.factor();
        double queue = Math.max(rate.highest() * parameters.targetDelayNanos() * TARGET_PART, capacity * MIN_QUEUE)
                * queueSize.part();
        int limit = (int) parameters.clamp(Math.ceil(worked + queue));
        return new Allowance(Math.min(limit, (int) Math.ceil(worked)), limit);
    }
}
