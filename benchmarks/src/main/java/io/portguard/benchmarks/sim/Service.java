package io.portguard.benchmarks.sim;

import java.util.ArrayDeque;

/** The service: workers with a queue before them, and a latency behind them that holds no worker. */
final class Service {

    private final EventLoop loop;
    private final Scenario scenario;
    private final ArrayDeque<Job> queue = new ArrayDeque<>();
    private int working;
    private int inside;

    private final Begun begun;

    private record Job(Request request, long submittedAt, Runnable done) {}

    /** Is told when a worker begins with a request. */
    interface Begun {
        void at(long nowNanos, long waitedNanos);
    }

    Service(EventLoop loop, Scenario scenario, Begun begun) {
        this.begun = begun;
        this.loop = loop;
        this.scenario = scenario;
    }

    void submit(Request request, Runnable done) {
        inside++;
        queue.add(new Job(request, loop.nanoTime(), done));
        work();
    }

    private void work() {
        double second = loop.nanoTime() / 1e9;
        int workers = (int) Math.round(scenario.workers().at(second));
        while (working < workers && !queue.isEmpty()) {
            Job job = queue.poll();
            working++;
            begun.at(loop.nanoTime(), loop.nanoTime() - job.submittedAt);
            double overCommitted = Math.max(0, (double) inside / workers - 1);
            double nanos =
                    job.request.workNanos * scenario.slowdown().at(second) * (1 + scenario.thrashing() * overCommitted);
            loop.after((long) nanos, () -> worked(job));
        }
    }

    private void worked(Job job) {
        working--;
        double async = scenario.asyncMillis().at(loop.nanoTime() / 1e9) * 1e6 * job.request.asyncUnit;
        loop.after((long) async, () -> {
            inside--;
            job.done.run();
        });
        work();
    }
}
