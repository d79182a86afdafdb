package io.portguard.limit;

import java.util.ArrayDeque;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.LongUnaryOperator;

/**
 * A service with so many workers and a queue before them, in virtual time, whose limit is driven as the
 * concurrency rule drives it: a request that finds as many in flight as are allowed is refused, and every 50 ms
 * the limit is shown what happened.
 */
final class ClosedModel {

    private static final long TICK = 50_000_000L;
    private static final long SECOND = 1_000_000_000L;
    private static final long RETRY = 10_000_000L;

    private final Limit limit;
    private final SplittableRandom random;
    private final PriorityQueue<long[]> working = new PriorityQueue<>((a, b) -> Long.compare(a[0], b[0]));
    private final ArrayDeque<Long> queue = new ArrayDeque<>();
    /** When callers who wait for their answers ask next. */
    private final PriorityQueue<Long> callers = new PriorityQueue<>();

    private boolean hasCallers;
    private int workers;
    private LongUnaryOperator serviceTime;
    private double ratePerSecond;
    private double spread = 0.5;

    private Allowance allowance;
    private long now;
    private long nextArrival;
    private long nextTick = TICK;
    private long windowBegan;
    private long completed;
    private long latencySum;
    private long inFlightSum;
    private long refused;
    private int peak;
    private int standing;

    private long servedInAll;
    private long refusedInAll;
    private long latencyInAll;
    private int lowest = Integer.MAX_VALUE;
    private int highest;

    ClosedModel(Limit limit, int workers, long serviceMillis, long seed) {
        this.limit = limit;
        this.workers = workers;
        this.random = new SplittableRandom(seed);
        this.allowance = limit.initial();
        serviceMillis(serviceMillis);
    }

    void workers(int changed) {
        workers = changed;
    }

    void serviceMillis(long millis) {
        serviceTime = ignored -> (long) (millis * 1e6 * (1 - spread + 2 * spread * random.nextDouble()));
    }

    /** How far service times are from their mean at most, as a part of it; half of it unless said otherwise. */
    void spread(double part) {
        spread = part;
    }

    /** Every so many requests one takes a millionth of the usual time: a cached answer. */
    void luckyOneIn(int requests, long millis) {
        serviceTime = ignored -> random.nextInt(requests) == 0
                ? 10_000L
                : (long) (millis * 1e6 * (1 - spread + 2 * spread * random.nextDouble()));
    }

    void ratePerSecond(double rate) {
        if (ratePerSecond == 0) {
            nextArrival = now;
        }
        ratePerSecond = rate;
    }

    /** Beside those who come at the rate, so many who ask again as soon as they are answered, or refused. */
    void callers(int count) {
        hasCallers = true;
        for (int i = 0; i < count; i++) {
            callers.add(now);
        }
    }

    Allowance allowanceNow() {
        return allowance;
    }

    int limitNow() {
        return allowance.limit();
    }

    int capacityNow() {
        return allowance.capacity();
    }

    /** Requests served a second since the last call of {@link #forget}. */
    double servedPerSecond(double seconds) {
        return servedInAll / seconds;
    }

    long refusedSince() {
        return refusedInAll;
    }

    double meanLatencyMillis() {
        return latencyInAll / 1e6 / servedInAll;
    }

    int lowestLimit() {
        return lowest;
    }

    int highestLimit() {
        return highest;
    }

    void forget() {
        servedInAll = 0;
        refusedInAll = 0;
        latencyInAll = 0;
        lowest = Integer.MAX_VALUE;
        highest = 0;
    }

    void run(double seconds) {
        long end = now + (long) (seconds * SECOND);
        while (true) {
            long completion = working.isEmpty() ? Long.MAX_VALUE : working.peek()[0];
            long arrival = ratePerSecond == 0 ? Long.MAX_VALUE : nextArrival;
            long call = callers.isEmpty() ? Long.MAX_VALUE : callers.peek();
            long next = Math.min(Math.min(completion, Math.min(arrival, call)), Math.min(nextTick, end));
            now = next;
            if (next == end) {
                return;
            }
            if (next == completion) {
                complete();
            } else if (next == arrival) {
                nextArrival = now + (long) (-Math.log(1 - random.nextDouble()) / ratePerSecond * SECOND);
                arrive();
            } else if (next == call) {
                callers.remove();
                if (!arrive()) {
                    callers.add(now + RETRY);
                }
            } else {
                tick();
            }
        }
    }

    private boolean arrive() {
        if (inFlight() >= allowance.limit()) {
            refused++;
            refusedInAll++;
            return false;
        }
        queue.add(now);
        peak = Math.max(peak, inFlight());
        work();
        return true;
    }

    private void work() {
        while (working.size() < workers && !queue.isEmpty()) {
            long arrivedAt = queue.remove();
            working.add(new long[] {now + serviceTime.applyAsLong(now), arrivedAt});
        }
    }

    private void complete() {
        inFlightSum += inFlight();
        long latency = now - working.remove()[1];
        completed++;
        latencySum += latency;
        servedInAll++;
        latencyInAll += latency;
        if (hasCallers) {
            callers.add(now);
        }
        work();
    }

    private int inFlight() {
        return working.size() + queue.size();
    }

    private void tick() {
        nextTick += TICK;
        long elapsed = now - windowBegan;
        if (completed == 0 && inFlight() == 0) {
            windowBegan = now;
            standing = 0;
            return;
        }
        if (completed < 10 && (completed == 0 || elapsed < SECOND)) {
            return;
        }
        allowance = limit.update(new Window(
                elapsed,
                completed,
                completed,
                0,
                latencySum,
                inFlightSum,
                peak,
                Math.min(standing, inFlight()),
                completed + inFlight() - standing,
                refused,
                refused));
        lowest = Math.min(lowest, allowance.limit());
        highest = Math.max(highest, allowance.limit());
        windowBegan = now;
        completed = 0;
        latencySum = 0;
        inFlightSum = 0;
        refused = 0;
        peak = inFlight();
        standing = peak;
    }
}
