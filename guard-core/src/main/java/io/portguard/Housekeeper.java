package io.portguard;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * The one thread of a guard: it does all that need not happen on a request's own, at a fixed rate. It ticks
 * again however a tick ended.
 */
final class Housekeeper implements AutoCloseable {

    private final ScheduledExecutorService executor;
    private final ScheduledFuture<?> ticking;

    Housekeeper(String guard, Runnable tick, long intervalNanos) {
        executor = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "portguard-" + guard);
            thread.setDaemon(true);
            return thread;
        });
        ticking = executor.scheduleAtFixedRate(tick, intervalNanos, intervalNanos, TimeUnit.NANOSECONDS);
    }

    /** Stops ticking; returns at once, a tick under way ends by itself. */
    @Override
    public void close() {
        ticking.cancel(false);
        executor.shutdown();
    }
}
