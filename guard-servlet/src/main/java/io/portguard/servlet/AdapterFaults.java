package io.portguard.servlet;

import io.portguard.Guard;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Logs what went wrong between a container and the guard, once a second at most. Thread-safe. */
final class AdapterFaults {

    private static final long LOG_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final System.Logger logger = System.getLogger(GuardFilter.class.getName());
    private final Guard guard;
    private final AtomicLong logNextAtNanos;

    AdapterFaults(Guard guard) {
        this.guard = guard;
        this.logNextAtNanos = new AtomicLong(guard.clock().nanoTime());
    }

    void record(String what, Throwable fault) {
        long now = guard.clock().nanoTime();
        long due = logNextAtNanos.get();
        if (now - due >= 0 && logNextAtNanos.compareAndSet(due, now + LOG_INTERVAL_NANOS)) {
            logger.log(
                    Level.WARNING,
                    () -> "Guard \"" + guard.name() + "\": " + what + " failed; it was let through",
                    fault);
        }
    }
}
