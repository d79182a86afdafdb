package io.portguard.limit;

import java.time.Duration;

/**
 * How many requests a service delivers, in requests a nanosecond: at present, which is over half a second or two
 * hundred requests, and what it can deliver, which is the present rate with a long memory for higher ones. Not
 * thread-safe.
 */
final class DeliveryRate {

    private static final double PRESENT_NANOS = Duration.ofMillis(200).toNanos();
    private static final double PRESENT_REQUESTS = 100;
    private static final double MEMORY_NANOS = Duration.ofSeconds(20).toNanos();
    private static final double RISE = 0.5;

    private double completed;
    private double nanos;
    private double reference;

    void add(long requests, long durationNanos, boolean busy) {
        completed += requests;
        nanos += durationNanos;
        double part = Math.max(PRESENT_NANOS / nanos, PRESENT_REQUESTS / Math.max(1, completed));
        if (part < 1) {
            completed *= part;
            nanos *= part;
        }
        double change = present() - reference;
        if (change > 0) {
            reference += change * (reference == 0 ? 1 : RISE);
        } else if (busy) {
            // What is idle does not show what it could deliver.
            reference += change * Math.min(1, durationNanos / MEMORY_NANOS);
        }
    }

    double present() {
        return nanos == 0 ? reference : completed / nanos;
    }

    double reference() {
        return reference;
    }

    /** Begins the present anew, after something changed that it depends on. */
    void forgetPresent() {
        completed = 0;
        nanos = 0;
    }

    /** Forgets what was seen and begins with this rate. */
    void startFrom(double rate) {
        forgetPresent();
        reference = rate;
    }
}
