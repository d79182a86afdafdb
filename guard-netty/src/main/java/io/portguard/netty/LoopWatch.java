package io.portguard.netty;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import io.portguard.pressure.QueueDelay;
import io.portguard.standard.StandardGuard;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Watches over one event loop while guarded connections are on it: how late it runs what is given to it, and how many
 * tasks wait for it. Told of connections and requests on its loop, asked by the housekeeper.
 */
final class LoopWatch implements Runnable {

    /*
     * The housekeeper gives the loop a task that does nothing; how late it runs is how long any task, and any byte that
     * was read, had to wait. While something is read that is done with each tick, else now and then: a loop that has
     * nothing to do is left alone, and one without connections, which may be suspended, is never woken.
     *
     * A task that the loop schedules for itself would do as well, and cost more than all the rest of the guard: as long as
     * one is scheduled, each wait of the loop for its sockets sets and clears a timer of the kernel's, twice a request in a
     * virtual machine where that leaves the machine.
     */

    private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final StandardGuard port;
    private final EventLoop loop;
    private final Runnable onUnused;
    private int connections;

    /** Written by the loop for the housekeeper, that mostly finds it set. */
    private volatile boolean used = true;

    private volatile boolean probed;
    private volatile long probedAtNanos;

    /** For the housekeeper alone. */
    private int waitingBefore;

    /** @param onUnused is run when the last connection has gone */
    LoopWatch(StandardGuard port, EventLoop loop, Runnable onUnused) {
        this.port = port;
        this.loop = loop;
        this.onUnused = onUnused;
        this.probedAtNanos = now();
    }

    void connectionAdded() {
        connections++;
        used();
    }

    void connectionRemoved() {
        if (--connections == 0) {
            onUnused.run();
        }
    }

    /** Something was read, or is being done. */
    void used() {
        if (!used) {
            used = true;
        }
    }

    /** Finds out how late the loop is. */
    void probe(long nowNanos) {
        if (probed) {
            delays().record(nowNanos - probedAtNanos); // so far
        } else if (used || nowNanos - probedAtNanos >= REST_NANOS) {
            used = false;
            probedAtNanos = nowNanos;
            probed = true;
            try {
                loop.execute(this);
            } catch (RejectedExecutionException ending) {
                probed = false;
            }
        }
    }

    /** On the loop: the probe. */
    @Override
    public void run() {
        delays().record(now() - probedAtNanos);
        probed = false;
    }

    /** How many tasks stand in the loop's queue: the lesser of this time and the last, since a burst is gone by then. */
    int standingTasks() {
        int waiting = loop instanceof SingleThreadEventExecutor executor ? executor.pendingTasks() : 0;
        int standing = Math.min(waiting, waitingBefore);
        waitingBefore = waiting;
        return standing;
    }

    private QueueDelay delays() {
        return port.queueDelay();
    }

    private long now() {
        return port.guard().clock().nanoTime();
    }
}
