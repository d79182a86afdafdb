package io.portguard.netty;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Watches over one event loop while guarded connections are on it: how late the loop runs what is due. Confined to
 * its loop.
 */
final class LoopWatch implements Runnable {

    /*
     * A heartbeat is scheduled every 10 ms; how late it comes is how long any task, and any byte that was read,
     * had to wait for the loop. The interval bounds what is not seen: a loop whose every round takes longer than
     * that is found out by the difference.
     *
     * The heart stops with the last connection: a loop that has none may be suspended and must not be woken.
     */

    static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final GuardedPort port;
    private final EventLoop loop;
    private int connections;
    private long dueAtNanos;
    private @Nullable Future<?> heartbeat;

    LoopWatch(GuardedPort port, EventLoop loop) {
        this.port = port;
        this.loop = loop;
    }

    void connectionAdded() {
        if (connections++ == 0) {
            dueAtNanos = now() + INTERVAL_NANOS;
            heartbeat = loop.scheduleWithFixedDelay(this, INTERVAL_NANOS, INTERVAL_NANOS, TimeUnit.NANOSECONDS);
        }
    }

    void connectionRemoved() {
        if (--connections == 0 && heartbeat != null) {
            heartbeat.cancel(false);
            port.forget(loop);
        }
    }

    @Override
    public void run() {
        try {
            port.loopDelay(now() - dueAtNanos);
        } catch (Throwable fault) {
            // What is thrown here would end the heartbeat.
            port.guard().fault("a heartbeat", fault);
        }
        dueAtNanos = now() + INTERVAL_NANOS;
    }

    private long now() {
        return port.guard().clock().nanoTime();
    }
}
