package io.portguard.pressure;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;

/** Finds out for how long an executor has not run a task that does nothing. Moved on by one thread at a time. */
final class ExecutorProbe {

    private final Executor executor;
    private final long pauseNanos;
    private volatile boolean waiting;
    private boolean sent;
    private boolean over;
    private boolean begun;
    private long askedAtNanos;
    private long probedAtNanos;
    private long waitedNanos;

    /**
     * A probe.
     *
     * @param pauseNanos from one task to the next
     */
    ExecutorProbe(Executor executor, long pauseNanos) {
        this.executor = executor;
        this.pauseNanos = pauseNanos;
    }

    boolean isOf(Executor other) {
        return executor == other;
    }

    /** For how long the present task has not run; sends the next one when it is time. */
    long waitedNanos(long nowNanos) {
        // More than that at once is not the executor's delay but that of the one who asks.
        long step = begun ? Math.min(nowNanos - askedAtNanos, pauseNanos) : 0;
        askedAtNanos = nowNanos;
        if (waiting) {
            waitedNanos += step;
            sent = sent || send();
        } else if (!begun || nowNanos - probedAtNanos >= pauseNanos) {
            begun = true;
            probedAtNanos = nowNanos;
            waitedNanos = 0;
            waiting = true;
            sent = send();
        }
        return waiting ? waitedNanos : 0;
    }

    private boolean send() {
        try {
            executor.execute(() -> waiting = false);
            return true;
        } catch (RejectedExecutionException full) {
            return false; // a task would have to wait until there is room
        } catch (RuntimeException stopped) {
            over = true;
            waiting = false;
            return false;
        }
    }

    /** Whether the executor takes no more tasks. */
    boolean isOver() {
        return over || (executor instanceof ExecutorService service && service.isShutdown());
    }
}
