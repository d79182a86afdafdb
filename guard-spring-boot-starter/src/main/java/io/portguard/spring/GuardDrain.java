package io.portguard.spring;

import io.portguard.standard.StandardGuard;
import org.springframework.context.SmartLifecycle;

/**
 * Refuses with {@code draining} once the service begins to stop, before its web server does: what comes during a
 * graceful shutdown is told to go elsewhere, and what is in progress goes on. A service that is started again is
 * guarded as before. Thread-safe.
 */
final class GuardDrain implements SmartLifecycle {

    /** Above that of the web server's graceful shutdown ({@code WebServerGracefulShutdownLifecycle}): stopped before. */
    static final int PHASE = DEFAULT_PHASE - 512;

    private final StandardGuard guard;
    private volatile boolean running;

    GuardDrain(StandardGuard guard) {
        this.guard = guard;
    }

    @Override
    public void start() {
        guard.resume();
        running = true;
    }

    @Override
    public void stop() {
        guard.drain();
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
