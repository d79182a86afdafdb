package io.portguard.rule;

import io.portguard.Attempt;
import io.portguard.Outcome;
import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.Rule;
import io.portguard.Verdict;
import io.portguard.limit.Allowance;
import io.portguard.limit.Limit;
import io.portguard.limit.LimitParameters;
import io.portguard.limit.Window;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

/**
 * Limits how many requests are in flight, by a {@link Limit} that learns from those that end. When the service
 * is busy, requests that matter less and clients above their fair share are turned away before the limit is
 * reached; see {@link Thresholds}.
 */
final class ConcurrencyRule implements Rule {

    private static final Rejection CONCURRENCY = Rejection.of(Reason.CONCURRENCY);
    private static final Rejection OVERLOAD = Rejection.of(Reason.OVERLOAD);
    /** By standing: who is further above its share is asked to stay away for longer. */
    private static final Rejection[] FAIR_SHARE = {
        Rejection.of(Reason.FAIR_SHARE, 1),
        Rejection.of(Reason.FAIR_SHARE, 1),
        Rejection.of(Reason.FAIR_SHARE, 1),
        Rejection.of(Reason.FAIR_SHARE, 2),
    };

    private static final AtomicReferenceFieldUpdater<ConcurrencyRule, Thresholds> THRESHOLDS =
            AtomicReferenceFieldUpdater.newUpdater(ConcurrencyRule.class, Thresholds.class, "thresholds");

    /** A window with fewer requests says little; one that takes too long is taken as it is. */
    private static final int ENOUGH_COMPLETED = 10;

    private static final long LONGEST_WINDOW_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long STAYS_BUSY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long STOPPED_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final int UNUSUAL = 4;
    /** Of those refused so many are others for each that comes first. */
    private static final int MOSTLY = 9;
    /** Where priorities tell who comes first, shares only tell who is far above his. */
    private static final int FIRST_STANDING = 2;

    private static final int MOST_RESERVES = 2;

    private static final int IN_FLIGHT = 16;

    private final ClientTable clients;
    private final FairShare fairShare;
    /** In the middle of two cache lines of its own: every thread writes it, and reads what else is here. */
    private final AtomicIntegerArray inFlight = new AtomicIntegerArray(2 * IN_FLIGHT);

    private final Sampler sampler = new Sampler();
    private final PrioritiesSeen priorities;

    private final Room places;
    private volatile Thresholds thresholds;

    /** Since the last tick, while there is room for a burst. */
    private final AtomicInteger refusedByFull = new AtomicInteger();

    private volatile int peak;

    private Limit limit;
    private long windowBeganAtNanos;
    private int inFlightAtBegin;
    private long busyUntilNanos;
    private long reserveUntilNanos;
    /** Up to how many in flight those were admitted last who come first. */
    private int firstCeiling;

    private long tickedAtNanos;
    private long usualTickNanos;
    private long standstillOverAtNanos;

    ConcurrencyRule(Limit limit, ClientTable clients, FairShare fairShare, Room places, long nowNanos) {
        this.limit = limit;
        this.clients = clients;
        this.fairShare = fairShare;
        this.places = places;
        this.priorities = new PrioritiesSeen(nowNanos);
        this.thresholds = Thresholds.even(limit.initial(), priorities.highest());
        this.windowBeganAtNanos = nowNanos;
        this.busyUntilNanos = nowNanos;
        this.reserveUntilNanos = nowNanos;
        this.tickedAtNanos = nowNanos;
        this.standstillOverAtNanos = nowNanos;
    }

    /** Goes on with another algorithm, which begins to learn anew. */
    synchronized void limit(Limit replacement) {
        limit = replacement;
        thresholds = Thresholds.even(limit.initial(), priorities.highest());
    }

    synchronized void reconfigure(LimitParameters parameters) {
        thresholds = Thresholds.even(limit.reconfigure(parameters), priorities.highest());
    }

    Allowance allowance() {
        return thresholds.allowance();
    }

    int inFlight() {
        return inFlight.get(IN_FLIGHT);
    }

    @Override
    public String name() {
        return Reason.CONCURRENCY.text();
    }

    @Override
    public Verdict tryAcquire(Attempt attempt, long now) {
        Thresholds present = thresholds;
        priorities.seen(attempt.priority());
        int standing = fairShare.standing(clients.stateOf(attempt), now);
        int threshold = present.of(attempt.priority(), standing);
        if (fairShare.isEnabled() && places.isKeptFrom(attempt, inFlight.get(IN_FLIGHT), now)) {
            // Not for want of places, of which the limit would learn.
            return FAIR_SHARE[FAIR_SHARE.length - 1];
        }
        while (true) {
            int before = inFlight.get(IN_FLIGHT);
            if (before >= threshold && (places.hasNothing(now) || before >= threshold + places.setAside(now))) {
                if (!places.hasNothing(now)) {
                    if (places.isMadeFor(attempt, now)) {
                        // In the place of one that is going, and counted until it has gone.
                        inFlight.incrementAndGet(IN_FLIGHT);
                        return Verdict.pass();
                    }
                    if (before < threshold + places.setAside(now)) {
                        continue; // it has just been found out
                    }
                }
                sampler.refused(present.isFirst(attempt.priority(), standing));
                if (before >= present.allowance().ordinary()) {
                    countRefused(present);
                }
                return standing > 0
                        ? FAIR_SHARE[standing]
                        : before >= present.allowance().limit() ? CONCURRENCY : OVERLOAD;
            }
            if (inFlight.compareAndSet(IN_FLIGHT, before, before + 1)) {
                if (before >= peak) {
                    peak = before + 1;
                }
                return Verdict.pass();
            }
        }
    }

    /**
     * Where there is room for a burst, and as many are turned away within a tick as have found a place, it is a flood. The
     * places for a burst are taken away at once then: until the next tick all who come would wait as long as its last.
     */
    private void countRefused(Thresholds present) {
        Thresholds onceFull = present.onceFull();
        if (onceFull != null
                && refusedByFull.incrementAndGet() >= present.allowance().limit()) {
            THRESHOLDS.compareAndSet(this, present, onceFull); // or a tick knows better
        }
    }

    /**
     * Fair share by itself, of clients that become known after their requests were admitted. Asked before that as well, it
     * refuses nothing that this rule would not.
     */
    Rule ofIdentified() {
        return new OfIdentified(this);
    }

    private record OfIdentified(ConcurrencyRule rule) implements TakesNothing {

        @Override
        public String name() {
            return rule.name();
        }

        @Override
        public boolean judgesClient() {
            return true;
        }

        @Override
        public Verdict tryAcquire(Attempt attempt, long now) {
            int standing = rule.fairShare.standing(rule.clients.stateOf(attempt), now);
            // One in flight is the request itself.
            boolean full =
                    rule.inFlight() > rule.thresholds.of(attempt.priority(), standing) + rule.places.setAside(now);
            return standing > 0 && full ? FAIR_SHARE[standing] : Verdict.pass();
        }
    }

    @Override
    public boolean mayRefuse(Attempt attempt, long now) {
        int present = inFlight.get(IN_FLIGHT);
        return present >= thresholds.least() || (fairShare.isEnabled() && places.isKeptFrom(attempt, present, now));
    }

    @Override
    public void cancel(Attempt attempt, long now) {
        inFlight.decrementAndGet(IN_FLIGHT);
    }

    @Override
    public void release(Attempt attempt, long admittedAt, long now, Outcome outcome) {
        sampler.ended(outcome, now - admittedAt, inFlight.getAndDecrement(IN_FLIGHT));
    }

    @Override
    public synchronized void tick(long now) {
        fairShare.tick(now);
        priorities.tick(now);
        long sinceTick = now - tickedAtNanos;
        boolean stoodStill = sinceTick > STOPPED_NANOS && sinceTick > usualTickNanos * UNUSUAL;
        usualTickNanos += (sinceTick - usualTickNanos) / 8;
        if (stoodStill) {
            // The whole process stood still: what was in flight then says nothing about the service.
            standstillOverAtNanos = now + STOPPED_NANOS;
        }
        tickedAtNanos = now;
        long elapsed = now - windowBeganAtNanos;
        if (standstillOverAtNanos - now > 0) {
            beginWindow(elapsed, now);
            return;
        }
        long completed = sampler.completedSinceWindow();
        if (completed == 0 && inFlight.get(IN_FLIGHT) == 0) {
            // What comes next is not to be spread over the time in which there was nothing to do.
            beginWindow(elapsed, now);
        }
        if (completed < ENOUGH_COMPLETED && (completed == 0 || elapsed < LONGEST_WINDOW_NANOS)) {
            // Nothing to learn from; but who is turned away meanwhile, it may be because nothing ends at all.
            grade(allowance(), sampler.refusedSinceWindow() > 0, now);
            return;
        }
        Window window = beginWindow(elapsed, now);
        Allowance allowance = limit.update(window);
        if (window.refused() - window.refusedFirst() > window.refusedFirst() * MOSTLY) {
            reserveUntilNanos = now + STAYS_BUSY_NANOS;
        } else if (window.refusedFirst() > 0) {
            reserveUntilNanos = now;
        }
        grade(allowance, window.refused() > 0, now);
    }

    private void grade(Allowance allowance, boolean busy, long now) {
        refusedByFull.set(0);
        if (busy) {
            busyUntilNanos = now + STAYS_BUSY_NANOS;
        }
        thresholds = busyUntilNanos - now > 0
                ? Thresholds.graded(
                        allowance,
                        priorities.highest(),
                        openToFirst(allowance, now),
                        priorities.areSeveral() ? FIRST_STANDING : 0)
                : Thresholds.even(allowance, priorities.highest());
    }

    /**
     * Up to how many in flight those are admitted who come first. While nearly all that are refused are others, these
     * find a place whatever has filled the limit: when it has come down, until what is in flight has too. But not so many
     * that they wait for each other: in a great flood they alone may be as many as the service can do.
     */
    private int openToFirst(Allowance allowance, long now) {
        int limit = allowance.limit();
        if (reserveUntilNanos - now <= 0 || limit == allowance.ordinary()) {
            firstCeiling = limit;
        } else {
            int reserve = Math.max(2, (limit - allowance.capacity()) / 4);
            int longest = Math.min(firstCeiling, limit + MOST_RESERVES * reserve);
            firstCeiling = Math.max(limit + reserve, Math.min(longest, inFlight.get(IN_FLIGHT) + reserve));
        }
        return firstCeiling;
    }

    /** Begins a window and returns the one before. */
    private Window beginWindow(long elapsed, long now) {
        int present = inFlight.get(IN_FLIGHT);
        Window before = sampler.next(elapsed, peak, Math.min(inFlightAtBegin, present), present - inFlightAtBegin);
        windowBeganAtNanos = now;
        inFlightAtBegin = present;
        peak = present;
        return before;
    }
}
