package io.portguard.audit;

import io.portguard.NanoClock;
import java.time.Duration;
import java.time.Instant;

/** A clock that begins at a date and goes on when it is told to. */
final class CalendarClock implements NanoClock {

    private final Instant beginning;
    private long millis;

    CalendarClock(Instant beginning) {
        this.beginning = beginning;
    }

    @Override
    public long nanoTime() {
        return millis * 1_000_000;
    }

    @Override
    public long epochMillis() {
        return beginning.toEpochMilli() + millis;
    }

    void advance(Duration by) {
        millis += by.toMillis();
    }
}
