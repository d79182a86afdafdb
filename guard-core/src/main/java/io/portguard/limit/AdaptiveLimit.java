package io.portguard.limit;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

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
     * Above it there is room for a queue; see QueueLimit.
     *
     * r and s are never seen at once: r shows only while the service is busy, s only while it is not. Both are
     * kept from when they showed, and neither is believed without evidence.
     *
     *  - r rises with what is delivered, at any time, and falls only while the service is busy: what is idle says
     *    nothing about what could be delivered; see DeliveryRate.
     *  - s is taken from times with clearly less in flight than the capacity and nobody refused, from times when
     *    latency did not follow what was in flight (in a queue it does; see Elasticity) or stayed the same although
     *    nobody was refused (a queue would have grown or shrunk, unless its callers are of a fixed number; see Steadiness,
     *    which is therefore believed but up to twice what was known), and, in an overload, from drains. It is never the
     *    least of anything: one lucky request, or one lucky mean, does not crush the limit. In a lasting overload nothing but a drain raises it, so latency that is our own
     *    queue never becomes the new normal, which is how baselines of other algorithms ratchet up.
     *  - A drain (see Drain) lowers what is in flight clearly below the capacity, every ten seconds or more while
     *    requests are being refused anyway, and sooner when the service delivers less than it did. If it delivers
     *    as much as before, what was taken out was a queue, and the next drain goes deeper; if it delivers less,
     *    nobody waited, and the latency is the service's own. A service that is overloaded from the start is
     *    drained first of all; if its first latencies let it grow instead, as soon as it no longer does.
     *  - When the latency under load is near s, nobody waits, and the service is not saturated: the limit is then
     *    twice what is known to be worked on, so it doubles with each latency (slow start), and a service that
     *    was never busy has room for a slower dependency.
     *  - Should s have come out too low, every wait looks like a queue. So now and then half as much again is let
     *    in (see Growth): what then delivers clearly more was not saturated.
     */

    /** The part of the capacity that leaves no doubt that nobody waits. */
    private static final double UNLOADED = 0.65;
    /** How much of what is known to be worked on is let in while nothing waits. */
    private static final double HEADROOM = 2;
    /** What is let in during a drain, as a part of the capacity; of a guess of it; and of that, above the share. */
    private static final double DRAINED_AT_MOST = 0.65;

    private static final double DRAINED_FIRST = 0.45;
    private static final double DRAINED = 0.7;
    /** The part of the queue that is not kept for those who matter most. */
    private static final double ORDINARY = 0.85;
    /** Up to this times the service's own latency nobody waits; more when that is known of few requests. */
    private static final double NEAR = 1.12;

    /**
     * How much of a rise is believed because latency stays the same: a queue does that too where callers, or threads,
     * are of a fixed number and each waits for its answer.
     */
    private static final double STEADY_AT_MOST = 2;

    private static final double ERROR = 0.5;
    /** From so much above the capacity, and so much slower than the service, there is a queue beyond doubt. */
    private static final double QUEUED = 1.3;

    private static final double MUCH_MORE = 1.5;
    /** A drain found more than was thought, or about the same. */
    private static final double RISEN = 1.15;

    private static final double ALIKE = 0.25;
    /** So much less than usual, for so many windows, is a capacity lost or a latency risen. */
    private static final double LOST = 0.8;

    private static final int LOSSES_TO_DRAIN = 4;
    /** Drains are a fortieth of the time at most, as long as that is not seldom. */
    private static final double DRAINS_APART = 40;

    private static final double DRAIN_INTERVAL_NANOS = Duration.ofSeconds(10).toNanos();
    private static final double MIN_DRAIN_INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();
    private static final double LONGEST_DRAIN_INTERVAL_NANOS =
            Duration.ofSeconds(80).toNanos();
    /** How long a service that is overloaded from the start is looked at, and how far it is drained at most. */
    private static final double MAX_GUESSING_NANOS = Duration.ofSeconds(1).toNanos();

    private static final double MAX_GUESSING_LATENCIES = 3;
    private static final double LEAST_GUESS = 0.4;
    /** What ended within so many latencies began first; what comes later takes up to so much longer if none waits. */
    private static final double FIRST_LATENCIES = 2;

    private static final double AS_THE_FIRST = 1.6;
    private static final double FIRST_ERROR = 0.25;
    /** A service that has grown from the start is drained so many latencies after it no longer does. */
    private static final double CLIMBED_LATENCIES = 4;
    /** How a service that may thrash is treated; see QueueSize. */
    private static final double FIRST_TRIAL_NANOS = Duration.ofSeconds(2).toNanos();

    private static final int DRAINS_A_TRIAL = 6;
    /** What was worked on at once while a dependency was slower is forgotten over so long. */
    private static final double FORGET_NANOS = Duration.ofSeconds(10).toNanos();

    private static final double MORE_WITH_LESS = 1.1;
    private static final double SETTLED = 1.2;

    private LimitParameters parameters;
    private final DeliveryRate rate = new DeliveryRate();
    private final MeanLatency latency = new MeanLatency();
    private final MeanLatency idleLatency = new MeanLatency();
    private final Growth growth = new Growth();
    private final Elasticity elasticity = new Elasticity();
    private final QueueSize queueSize = new QueueSize();
    private final QueueLimit queue = new QueueLimit();
    private final Steadiness steadiness = new Steadiness();
    private @Nullable Drain drain;

    /** How long a request takes when it does not wait, 0 while unknown, and how uncertain that is. */
    private double serviceNanos;

    private double serviceError;
    /** What requests that ended took when there was better evidence than that it stayed the same, or the first time. */
    private double measuredNanos;
    /** Whether the capacity is that of a service that could not do more; otherwise it could do as much at least. */
    private boolean saturated;
    /** Whether it ever was, so that what it can do has been seen. */
    private boolean wasSaturated;
    /** Whether there was evidence that nobody waited when the latency was measured. */
    private boolean proven;

    private double capacity;
    private double guessingNanos;
    /** Whether the first latencies are of requests that came when hardly any other was in flight. */
    private boolean sawFirst;
    /** Whether the limit has grown ever since. */
    private boolean climbing;

    private double sinceDrainNanos = DRAIN_INTERVAL_NANOS;
    private double capacityAtDrain;
    private boolean queued;
    private int drains;
    /** Whether a service that was overloaded from the start has yet to be tried with a small queue. */
    private boolean untried;

    private double drainIntervalNanos = DRAIN_INTERVAL_NANOS;
    /** How long a drain's finding is trusted: the longer, the more drains have found the same. */
    private double trustNanos = DRAIN_INTERVAL_NANOS;

    private int losses;

    AdaptiveLimit(LimitParameters parameters) {
        this.parameters = parameters;
        this.capacity = parameters.initial() / HEADROOM;
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
        if (drain != null) {
            drain.next(window);
            if (drain.isOver()) {
                learn(drain);
            }
        } else if (!proven && window.refused() > 0 && window.served() > 0) {
            guess(window);
        } else if (latency.isKnown()) {
            learn(window);
        }
        if (queueSize.isTrying() && drain == null) {
            queueSize.next(window);
        }
        return allowance();
    }

    /** Overloaded from the start: the first latencies are a guess good enough to know how far to drain. */
    private void guess(Window window) {
        rate.add(window.completed(), window.durationNanos(), true);
        if (serviceNanos == 0) {
            serviceNanos = window.meanLatencyNanos();
            sawFirst = window.durationNanos() < serviceNanos * FIRST_LATENCIES;
        }
        guessingNanos += window.durationNanos();
        if (latency.isTurnedOver()
                || guessingNanos >= Math.max(MAX_GUESSING_NANOS, latency.nanos() * MAX_GUESSING_LATENCIES)) {
            capacity = Math.max(rate.present() * serviceNanos, window.meanInFlight() * LEAST_GUESS);
            if (sawFirst && latency.nanos() < serviceNanos * AS_THE_FIRST) {
                // They take as long as the first did, when hardly any other was there: nobody waits.
                serviceNanos = latency.nanos();
                serviceError = FIRST_ERROR;
                proven = true;
                climbing = true;
                sinceDrainNanos = 0;
                return;
            }
            saturated = true;
            untried = true;
            sinceDrainNanos = 0;
            drain = new Drain(drained(capacity), rate.present(), latency.nanos());
        }
    }

    private void learn(Window window) {
        double mean = latency.nanos();
        double inFlight = window.meanInFlight();
        learnService(window, mean);
        // A queue that is kept small is near by itself.
        boolean near = proven
                && mean < serviceNanos * (NEAR + serviceError)
                && (window.refused() == 0 || !queueSize.isSmall());
        boolean busy = isBusy(window);
        rate.add(window.completed(), window.durationNanos(), busy);
        if (near) {
            saturated = false;
            growth.unsettle();
        } else if (busy) {
            saturated = true;
            wasSaturated = true;
            if (climbing) {
                climbing = false;
                growth.hasten(mean);
                // Of requests that began together the short ones ended first: what they took is not believed for long.
                drainIntervalNanos = sinceDrainNanos + Math.max(MIN_DRAIN_INTERVAL_NANOS, mean * CLIMBED_LATENCIES);
            }
        }
        double delivered = Math.max(1, rate.reference() * serviceNanos);
        if (busy && saturated) {
            capacity = delivered;
        } else if (proven) {
            double known = Math.max(delivered, parameters.initial() / HEADROOM);
            double excess = Math.max(0, capacity - known) * Math.max(0, 1 - window.durationNanos() / FORGET_NANOS);
            capacity = Math.max(Math.min(capacity, known) + excess, delivered);
        }
        queue.next(window, capacity, target());
        if (!busy) {
            untried = false;
            growth.forgive();
            queueSize.useFull();
            losses = 0;
            return;
        }
        if (growth.next(
                window, rate.present(), mean, saturated && proven && window.refused() > 0 && !queueSize.isTrying())) {
            serviceNanos = growth.latencyBefore();
            saturated = false;
        }
        losses = rate.present() < rate.reference() * LOST ? losses + 1 : 0;
        boolean due = sinceDrainNanos >= drainIntervalNanos
                || (losses >= LOSSES_TO_DRAIN && sinceDrainNanos >= MIN_DRAIN_INTERVAL_NANOS);
        if (untried && !near && inFlight > capacity * QUEUED && sinceDrainNanos > FIRST_TRIAL_NANOS) {
            untried = false;
            queueSize.tryOther(rate.present());
        }
        if (due && !near && !growth.isTrying() && !queueSize.isTrying() && window.refused() > 0) {
            sinceDrainNanos = 0;
            queued = inFlight > capacity * QUEUED;
            drain = new Drain(drained(capacity), rate.present(), mean);
        }
    }

    private void learnService(Window window, double mean) {
        boolean unloaded = window.refused() == 0 && window.meanInFlight() <= capacity * UNLOADED;
        if (unloaded) {
            sinceDrainNanos = 0;
            idleLatency.add(window);
        } else {
            idleLatency.forget();
        }
        steadiness.next(window, mean);
        elasticity.next(window);
        if (idleLatency.isCertain()) {
            proven = true;
            serviceNanos = idleLatency.nanos();
            measuredNanos = idleLatency.endedNanos();
            serviceError = 0;
        } else if (serviceNanos == 0) {
            serviceNanos = mean;
        } else if (elasticity.isFlat()
                || (steadiness.isLong()
                        && (measuredNanos == 0 || latency.endedNanos() < measuredNanos * STEADY_AT_MOST))) {
            measuredNanos = measuredNanos == 0 || elasticity.isFlat() ? latency.endedNanos() : measuredNanos;
            proven = true;
            serviceNanos += (mean - serviceNanos) * 0.5;
        } else if (mean < serviceNanos) {
            serviceNanos += (mean - serviceNanos) * 0.25;
        }
    }

    /** How many are served in the target delay. */
    private double target() {
        return rate.reference() * parameters.targetDelayNanos();
    }

    /** Busy is who turns requests away, or has a queue that is worth speaking of. */
    private boolean isBusy(Window window) {
        return window.refused() > 0
                || (window.meanInFlight() > capacity * QUEUED
                        && latency.endedNanos() > serviceNanos * MUCH_MORE + parameters.targetDelayNanos());
    }

    private void learn(Drain ended) {
        drain = null;
        double before = serviceNanos;
        boolean lost = losses > 0;
        boolean wasProven = proven;
        boolean deeper = false;
        boolean doubtful = false;
        boolean confirmed = false;
        if (ended.hasMeasured()) {
            double seen = ended.latencyNanos();
            if (ended.foundQueue()) {
                // What was seen is still a queue, so it can only show that the latency is less than was thought.
                serviceNanos = proven ? Math.min(serviceNanos, seen) : seen;
                proven |= ended.limit() == 1;
                rate.startFrom(Math.max(ended.rate(), ended.rateBefore()));
            } else {
                serviceNanos = proven && Math.abs(seen - before) < before * ALIKE ? (seen + before) / 2 : seen;
                serviceError = ERROR / Math.sqrt((double) ended.served());
                measuredNanos = seen;
                proven = true;
                confirmed = wasProven && !lost && Math.abs(seen - before) < before * ALIKE;
                if (lost) {
                    rate.startFrom(ended.rateBefore());
                }
            }
            capacity = Math.max(1, rate.reference() * serviceNanos);
            deeper = drained(capacity) < ended.limit() && ended.foundQueue();
            // A latency that has risen may be a queue that changed while it was looked at.
            doubtful = seen > before * RISEN;
        }
        double drainedMean = latency.nanos();
        latency.forget();
        rate.forgetPresent();
        growth.hold(drainedMean);
        // So that draining costs a hundredth or two of what is delivered, however long it takes.
        trustNanos = confirmed ? Math.min(trustNanos * 2, LONGEST_DRAIN_INTERVAL_NANOS) : DRAIN_INTERVAL_NANOS;
        drainIntervalNanos = Math.max(
                doubtful ? MIN_DRAIN_INTERVAL_NANOS : trustNanos,
                Math.min(sinceDrainNanos * DRAINS_APART, LONGEST_DRAIN_INTERVAL_NANOS));
        sinceDrainNanos = 0;
        losses = 0;
        if (wasProven && ended.rate() > ended.rateBefore() * MORE_WITH_LESS && !queueSize.isSmall()) {
            queueSize.useSmall();
            growth.hasten(drainedMean);
        }
        if (deeper) {
            // Compared with the most, since each drain takes out but a part more than the one before.
            drain = new Drain(drained(capacity), Math.max(ended.rate(), ended.rateBefore()), drainedMean);
        } else if (queueSize.isSmall() || (queued && (lost || (isSettled() && drains++ % DRAINS_A_TRIAL == 0)))) {
            queueSize.tryOther(ended.rateBefore());
        }
        capacityAtDrain = capacity;
    }

    private boolean isSettled() {
        return capacity < capacityAtDrain * SETTLED && capacity > capacityAtDrain / SETTLED;
    }

    private int drained(double capacity) {
        return (int) Math.max(1, Math.min(capacity * (proven ? DRAINED_AT_MOST : DRAINED_FIRST), parameters.max()));
    }

    private Allowance allowance() {
        double worked = capacity * (saturated ? growth.factor() : HEADROOM);
        double places = queue.places(capacity, target());
        int limit = (int) parameters.clamp(Math.ceil(worked + places));
        if (drain != null) {
            int drained = Math.min(drain.limit(), parameters.max());
            int most = drain.isStrict() ? drained : Math.max(drained, limit);
            return new Allowance(Math.max(1, (int) (drained * DRAINED)), drained, most);
        }
        int capacityNow = (int) Math.min(limit, Math.ceil(worked));
        int ordinary = (int) Math.min(limit, Math.ceil(worked + places * ORDINARY));
        if (queueSize.isSmall()) {
            return new Allowance(
                    capacityNow, Math.min(limit, capacityNow + (int) Math.ceil(places * queueSize.part())));
        }
        return new Allowance(capacityNow, ordinary, limit, wasSaturated && !saturated ? onceFull(limit) : limit);
    }

    /**
     * What is let in twice over while nothing waits is for a service that can do more. When it is full all at once, that is
     * a flood more often than not, and everybody would wait for as long as the last of the burst does until a window ends.
     */
    private int onceFull(int limit) {
        return (int) Math.min(limit, parameters.clamp(Math.ceil(capacity + queue.placesOnceFull(capacity, target()))));
    }
}
