package io.portguard;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * The threads of a guard, which do all that need not happen on a request's own: one ticks, and what may take its time
 * is done by others, so that the tick never waits for it. Each goes on however a round ended.
 */
final class Housekeeper implements AutoCloseable {

    private final List<ScheduledExecutorService> executors = new ArrayList<>();
    private final List<ScheduledFuture<?>> rounds = new ArrayList<>();

    Housekeeper(String guard, Runnable tick, long intervalNanos) {
        ScheduledExecutorService executor = thread("portguard-" + guard);
        // With a delay, not at a rate: ticks that a standstill has held up must not come all at once afterwards.
        rounds.add(executor.scheduleWithFixedDelay(tick, intervalNanos, intervalNanos, TimeUnit.NANOSECONDS));
    }

    /** Has a thread of its own do what may take its time, with so much time between. */
    void alsoSlowly(String guard, Runnable round, long pauseNanos) {
        ScheduledExecutorService executor = thread("portguard-" + guard + "-slow");
        rounds.add(executor.scheduleWithFixedDelay(round, 0, pauseNanos, TimeUnit.NANOSECONDS));
    }

    private ScheduledExecutorService thread(String name) {
        ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        executors.add(executor);
        return executor;
    }

    /** Stops; returns at once, a round under way ends by itself. */
    @Override
    public void close() {
        rounds.forEach(round -> round.cancel(false));
        executors.forEach(ScheduledExecutorService::shutdown);
    }
}
