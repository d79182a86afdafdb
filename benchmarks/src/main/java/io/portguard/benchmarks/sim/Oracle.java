package io.portguard.benchmarks.sim;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Knows every service time beforehand and admits what can still be answered in time, first come, first served:
 * how many requests could have been answered. It keeps to what the configuration allows each client, and the
 * clients it refuses come back as they do to everybody.
 *
 * <p>Whether there is time is judged by the wait, for a request of the service's 99th percentile: to judge by the
 * request's own time would have the oracle pick the short ones out of an overload and answer more than the
 * service's capacity, which says nothing about limits. What takes too long by itself is refused.
 */
final class Oracle {

    private static final long REFUSED = -1;

    private final Scenario scenario;
    private final double workP99;
    private final double deadline;
    private final PriorityQueue<Long> free = new PriorityQueue<>();
    private final Map<Long, Double> paidUntil = new HashMap<>();
    private int workers;
    private long answered;

    private Oracle(Scenario scenario) {
        this.scenario = scenario;
        this.workP99 = scenario.workTime().quantile(0.99);
        this.deadline = scenario.deadlineMillis() * 1e6;
    }

    static long answered(Scenario scenario, List<Request> requests) {
        Oracle oracle = new Oracle(scenario);
        PriorityQueue<Request> again = new PriorityQueue<>(Comparator.comparingLong(request -> request.arrivesAt));
        int next = 0;
        while (next < requests.size() || !again.isEmpty()) {
            boolean isRetry = next == requests.size()
                    || (!again.isEmpty() && again.peek().arrivesAt <= requests.get(next).arrivesAt);
            Request request = isRetry ? again.remove() : requests.get(next++);
            long answeredAt = oracle.answer(request);
            long refusedUntil = request.arrivesAt + Simulation.RETRY_AFTER_NANOS;
            if (answeredAt == REFUSED && request.retriesLeft > 0) {
                again.add(request.again(refusedUntil));
            }
            Request following = Workload.next(scenario, request, answeredAt == REFUSED ? refusedUntil : answeredAt);
            if (following != null && following.arrivesAt <= scenario.seconds() * 1e9) {
                again.add(following);
            }
        }
        return oracle.answered;
    }

    /** When a request is answered, in nanoseconds from the start; {@link #REFUSED} when it is not. */
    private long answer(Request request) {
        if (request.arrivesAt > scenario.seconds() * 1e9 || !isAllowed(request)) {
            return REFUSED;
        }
        adjustWorkers(request.arrivesAt);
        if (free.isEmpty()) {
            return REFUSED;
        }
        long start = afterPauses(Math.max(request.arrivesAt, free.peek()));
        double slowdown = scenario.slowdown().at(start / 1e9);
        double asyncMean = scenario.asyncMillis().at(start / 1e9) * 1e6;
        double work = request.workNanos * slowdown;
        double wait = start - request.arrivesAt;
        boolean inTime = wait + work + asyncMean * request.asyncUnit <= deadline
                && (wait == 0 || wait + workP99 * slowdown + asyncMean <= deadline);
        if (!inTime) {
            return REFUSED;
        }
        pay(request);
        free.poll();
        free.add(start + (long) work);
        if (request.arrivesAt >= scenario.measureFrom() * 1e9) {
            answered++;
        }
        return start + (long) (work + asyncMean * request.asyncUnit);
    }

    private void adjustWorkers(long now) {
        int wanted = (int) Math.round(scenario.workers().at(now / 1e9));
        while (workers < wanted) {
            free.add(now);
            workers++;
        }
        while (workers > wanted && !free.isEmpty()) {
            free.poll();
            workers--;
        }
    }

    /** A client's bucket is the time up to which its tokens are spent. */
    private boolean isAllowed(Request request) {
        Scenario.ClientRate rate = scenario.clientRate();
        if (rate == null) {
            return true;
        }
        double ahead = paidUntil.getOrDefault(request.clientNumber(), 0.0) - request.arrivesAt / 1e9;
        return Math.max(0, ahead) * rate.perSecond() + 1 <= rate.burst();
    }

    private void pay(Request request) {
        Scenario.ClientRate rate = scenario.clientRate();
        if (rate != null) {
            double now = request.arrivesAt / 1e9;
            double paid = Math.max(now, paidUntil.getOrDefault(request.clientNumber(), 0.0));
            paidUntil.put(request.clientNumber(), paid + 1 / rate.perSecond());
        }
    }

    private long afterPauses(long start) {
        for (double pause : scenario.pauses()) {
            long from = (long) (pause * 1e9);
            if (start >= from && start < from + Simulation.PAUSE_NANOS) {
                return from + Simulation.PAUSE_NANOS;
            }
        }
        return start;
    }
}
