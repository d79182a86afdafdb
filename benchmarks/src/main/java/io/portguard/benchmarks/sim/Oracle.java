package io.portguard.benchmarks.sim;

import java.util.List;
import java.util.PriorityQueue;

/**
 * Knows every service time beforehand and admits what can still be answered in time, first come, first served:
 * how many requests could have been answered.
 *
 * <p>Whether there is time is judged by the wait alone, for a request of the service's 99th percentile: to judge
 * by the request's own time would have the oracle pick the short ones out of an overload and answer more than the
 * service's capacity, which says nothing about limits.
 */
final class Oracle {

    private Oracle() {}

    static long answered(Scenario scenario, List<Request> requests) {
        PriorityQueue<Long> free = new PriorityQueue<>();
        int workers = 0;
        long answered = 0;
        double longestWait = Math.max(
                0, scenario.deadlineMillis() * 1e6 - scenario.workTime().quantile(0.99));
        for (Request request : requests) {
            int now = (int) Math.round(scenario.workers().at(request.arrivesAt / 1e9));
            while (workers < now) {
                free.add(request.arrivesAt);
                workers++;
            }
            while (workers > now && !free.isEmpty()) {
                free.poll();
                workers--;
            }
            long start = Math.max(request.arrivesAt, free.isEmpty() ? Long.MAX_VALUE : free.peek());
            start = afterPauses(scenario, start);
            double async = scenario.asyncMillis().at(start / 1e9) * 1e6 * request.asyncUnit;
            double work = request.workNanos * scenario.slowdown().at(start / 1e9);
            boolean inTime = work + async <= scenario.deadlineMillis() * 1e6;
            if (start < Long.MAX_VALUE && inTime && start - request.arrivesAt + async <= longestWait) {
                free.poll();
                free.add((long) (start + work));
                if (request.arrivesAt >= scenario.measureFrom() * 1e9) {
                    answered++;
                }
            }
        }
        return answered;
    }

    private static long afterPauses(Scenario scenario, long start) {
        for (double pause : scenario.pauses()) {
            long from = (long) (pause * 1e9);
            if (start >= from && start < from + Simulation.PAUSE_NANOS) {
                return from + Simulation.PAUSE_NANOS;
            }
        }
        return start;
    }
}
