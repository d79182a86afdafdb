package io.portguard.netty;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.portguard.Mode;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Watches over one event loop while guarded connections are on it: how late the loop runs what is due, and
 * which connections have waited too long. Confined to its loop.
 */
final class LoopWatch implements Runnable {

    /*
     * A heartbeat is scheduled every 10 ms; how late it comes is how long any task, and any byte that was read,
     * had to wait for the loop. The interval bounds what is not seen: a loop whose every round takes longer than
     * that is found out by the difference.
     *
     * The same heartbeat ends the waits. There are three lists, each in the order in which the waits began and each
     * with one timeout, so only their heads need a look: beginning and ending a wait is a few writes to fields,
     * there is no timer for each connection, and a timeout that is tuned holds for those that wait already.
     *
     * The heart stops with the last connection: a loop that has none may be suspended and must not be woken.
     */

    static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** How many connections one heartbeat closes at most, so that the loop also gets on with its work. */
    private static final int MAX_CLOSED_AT_ONCE = 256;

    private final GuardedPort port;
    private final EventLoop loop;
    private final WaitList newConnections = new WaitList();
    private final WaitList keptConnections = new WaitList();
    private final WaitList handshakes = new WaitList();
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

    /** A connection waits for its first request. */
    void waitForFirstRequest(WaitList.Entry connection) {
        newConnections.add(connection, now());
    }

    /** A connection waits for another request. */
    void waitForNextRequest(WaitList.Entry connection) {
        keptConnections.add(connection, now());
    }

    /** A connection waits for the end of its TLS handshake. */
    void waitForHandshake(WaitList.Entry connection) {
        handshakes.add(connection, now());
    }

    @Override
    public void run() {
        try {
            long now = now();
            port.loopDelay(now - dueAtNanos);
            if (port.guard().mode() == Mode.ENFORCE) {
                newConnections.expire(now, port.requestTimeoutNanos(), MAX_CLOSED_AT_ONCE);
                keptConnections.expire(now, port.idleTimeoutNanos(), MAX_CLOSED_AT_ONCE);
                handshakes.expire(now, port.handshakeTimeoutNanos(), MAX_CLOSED_AT_ONCE);
            }
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
