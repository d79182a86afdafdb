package io.portguard.samples.netty;

import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * So many units of work at once, each of which takes its time; the others wait in a queue without an end, like
 * those of a service that has no guard. No thread is blocked. Thread-safe.
 */
final class Workers {

    private final Queue<Unit> waiting = new ConcurrentLinkedQueue<>();
    private final Semaphore free;
    private final Duration serviceTime;

    Workers(int count, Duration serviceTime) {
        this.free = new Semaphore(count);
        this.serviceTime = serviceTime;
    }

    /** Does one unit of work when it is its turn, and runs {@code whenDone} on the event loop. */
    void work(EventExecutor loop, Runnable whenDone) {
        waiting.add(new Unit(loop, whenDone));
        beginWaiting();
    }

    Duration serviceTime() {
        return serviceTime;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the task itself tells that it is done
    private void beginWaiting() {
        while (!waiting.isEmpty() && free.tryAcquire()) {
            Unit unit = waiting.poll();
            if (unit == null) {
                free.release();
                continue;
            }
            unit.loop.schedule(() -> end(unit), serviceTime.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void end(Unit unit) {
        free.release();
        beginWaiting();
        unit.whenDone.run();
    }

    private record Unit(EventExecutor loop, Runnable whenDone) {}
}
