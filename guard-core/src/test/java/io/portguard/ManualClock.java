package io.portguard;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands still until it is told to go on. Thread-safe. */
public final class ManualClock implements NanoClock {

    private final AtomicLong now;

    /** Begins below zero, as {@link System#nanoTime()} may. */
    public ManualClock() {
        this(-Duration.ofSeconds(7).toNanos());
    }

    public ManualClock(long startNanos) {
        now = new AtomicLong(startNanos);
    }

    @Override
    public long nanoTime() {
        return now.get();
    }

    public void advance(Duration by) {
        now.addAndGet(by.toNanos());
    }

    public void advanceNanos(long nanos) {
        now.addAndGet(nanos);
    }

    public void advanceMillis(long millis) {
        advance(Duration.ofMillis(millis));
    }

    public void advanceSeconds(long seconds) {
        advance(Duration.ofSeconds(seconds));
    }
}
