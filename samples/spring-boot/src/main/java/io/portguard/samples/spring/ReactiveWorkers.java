package io.portguard.samples.spring;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** The same workers for whoever must not be blocked: a unit of work is over when its future is. */
@Component
final class ReactiveWorkers {

    private final Queue<CompletableFuture<Void>> line = new ConcurrentLinkedQueue<>();
    private final Semaphore idle;
    private final Duration serviceTime;
    private final Scheduler clock = Schedulers.parallel();

    ReactiveWorkers(SampleProperties properties) {
        idle = new Semaphore(properties.workers());
        serviceTime = properties.serviceTime();
    }

    /** Does one unit of work when it is its turn, unless it is cancelled before. */
    CompletableFuture<Void> work() {
        CompletableFuture<Void> work = new CompletableFuture<>();
        line.add(work);
        beginWaiting();
        return work;
    }

    private void beginWaiting() {
        while (!line.isEmpty() && idle.tryAcquire()) {
            CompletableFuture<Void> next = line.poll();
            if (next == null || next.isDone()) {
                idle.release();
            } else {
                clock.schedule(() -> end(next), serviceTime.toNanos(), TimeUnit.NANOSECONDS);
            }
        }
    }

    private void end(CompletableFuture<Void> work) {
        idle.release();
        beginWaiting();
        work.complete(null);
    }
}
