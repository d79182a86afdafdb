package io.portguard.netty;

import io.portguard.Guard;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Logs what went wrong in the adapter itself, once a second at most. Thread-safe. */
final class Faults {

    private static final long LOG_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final System.Logger logger = System.getLogger(GuardedPort.class.getName());
    private final Guard guard;
    private final AtomicLong logNextAtNanos;

    Faults(Guard guard) {
        this.guard = guard;
        this.logNextAtNanos = new AtomicLong(guard.clock().nanoTime());
    }

    void record(String where, Throwable fault) {
        long now = guard.clock().nanoTime();
        long due = logNextAtNanos.get();
        if (now - due >= 0 && logNextAtNanos.compareAndSet(due, now + LOG_INTERVAL_NANOS)) {
            logger.log(
                    Level.WARNING,
                    "Guard \"" + guard.name() + "\": " + where + " failed and was passed over (logged once a second"
                            + " at most)",
                    fault);
        }
    }
}
