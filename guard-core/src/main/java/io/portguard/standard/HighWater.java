package io.portguard.standard;

import java.util.concurrent.TimeUnit;

/** The highest of many values within about the last hour. Thread-safe; what is recorded is never older than that. */
final class HighWater {

    private static final long PART_NANOS = TimeUnit.MINUTES.toNanos(5);

    /** Twelve whole parts and the one that has begun. */
    private final long[] highest = new long[13];

    private int part;
    private long partBeganAtNanos;

    HighWater(long nowNanos) {
        partBeganAtNanos = nowNanos;
    }

    synchronized void record(long value, long nowNanos) {
        long parts = Math.min((nowNanos - partBeganAtNanos) / PART_NANOS, highest.length);
        for (long i = 0; i < parts; i++) {
            part = (part + 1) % highest.length;
            highest[part] = 0;
        }
        if (parts > 0) {
            partBeganAtNanos = nowNanos;
        }
        highest[part] = Math.max(highest[part], value);
    }

    synchronized long highest() {
        long all = 0;
        for (long each : highest) {
            all = Math.max(all, each);
        }
        return all;
    }
}
