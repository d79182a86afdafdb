package io.portguard;

import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Counts what went wrong inside a guard and logs it, once a second at most. Thread-safe. */
final class Faults {

    private static final long LOG_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final System.Logger logger = System.getLogger(Guard.class.getName());
    private final LongAdder count = new LongAdder();
    private final String guard;
    private final NanoClock clock;
    private final AtomicLong logNextAtNanos;

    Faults(String guard, NanoClock clock) {
        this.guard = guard;
        this.clock = clock;
        this.logNextAtNanos = new AtomicLong(clock.nanoTime());
    }

    void record(String where, Throwable fault) {
        count.increment();
        long now = clock.nanoTime();
        long due = logNextAtNanos.get();
        if (now - due >= 0 && logNextAtNanos.compareAndSet(due, now + LOG_INTERVAL_NANOS)) {
            try {
                logger.log(
                        Level.WARNING,
                        () -> "Guard \"" + guard + "\": " + where + " failed and was passed over; the attempt went on ("
                                + count.sum() + " faults so far, logged once a second at most)",
                        fault);
            } catch (Throwable brokenLogger) {
                // It is counted; a log that cannot be written must not keep an attempt from going on.
                count.increment();
            }
        }
    }

    long count() {
        return count.sum();
    }
}
