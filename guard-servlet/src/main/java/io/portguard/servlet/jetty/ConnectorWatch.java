package io.portguard.servlet.jetty;

import io.portguard.ConnectionStance;
import io.portguard.Mode;
import io.portguard.NanoClock;
import io.portguard.standard.StandardGuard;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a running connector again and again, on Jetty's scheduler, and sends a task to its executor to find out how
 * long one waits for a thread there. Thread-safe.
 */
final class ConnectorWatch {

    private static final long INTERVAL_MILLIS = 25;

    private final ServerConnector connector;
    private final StandardGuard port;
    private final NanoClock clock;
    private volatile boolean running;
    private volatile Scheduler.@Nullable Task next;
    private volatile boolean waiting;
    private boolean paused;
    private volatile long waitingSinceNanos;

    ConnectorWatch(ServerConnector connector, StandardGuard port) {
        this.connector = connector;
        this.port = port;
        this.clock = port.guard().clock();
    }

    /** To be called when the port has been bound. */
    void start() {
        running = true;
        waiting = false;
        int localPort = connector.getLocalPort();
        if (localPort > 0) {
            port.watchBacklog(localPort, connector.getAcceptQueueSize());
        }
        port.queueDelay().watch(connector.getExecutor());
        later();
    }

    void stop() {
        running = false;
        port.queueDelay().unwatch(connector.getExecutor());
        Scheduler.Task last = next;
        if (last != null) {
            last.cancel();
        }
    }

    private void later() {
        if (running) {
            next = connector.getScheduler().schedule(this::look, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void look() {
        try {
            followStance();
            probe();
        } catch (Throwable fault) {
            port.guard().fault("watching a connector", fault);
        } finally {
            later();
        }
    }

    /** Stops accepting while the guard wants a pause; who comes is queued by the kernel. */
    private void followStance() {
        boolean pauses = port.guard().mode() == Mode.ENFORCE && port.connectionStance() == ConnectionStance.PAUSE;
        if (pauses != paused) {
            paused = pauses;
            connector.setAccepting(!pauses);
        }
    }

    private void probe() {
        long now = clock.nanoTime();
        if (waiting) {
            port.queueDelay().record(now - waitingSinceNanos);
            return;
        }
        waitingSinceNanos = now;
        waiting = true;
        try {
            connector.getExecutor().execute(this::ran);
        } catch (RejectedExecutionException stopping) {
            waiting = false;
        }
    }

    private void ran() {
        port.queueDelay().record(clock.nanoTime() - waitingSinceNanos);
        waiting = false;
    }
}
