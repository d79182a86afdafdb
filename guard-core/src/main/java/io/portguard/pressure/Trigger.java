package io.portguard.pressure;

import io.portguard.ConnectionStance;
import org.jspecify.annotations.Nullable;

/**
 * What the readings of a source set off. Immutable.
 *
 * @param kind how the port answers
 * @param start the reading from which load is shed
 * @param full the reading at which load is shed as hard as can be, above {@code start}
 * @param condition what must be the case besides; null for nothing
 */
public record Trigger(
        Kind kind, double start, double full, @Nullable Condition condition) {

    /** How the port answers a reading that is too high. */
    public enum Kind {
        /**
         * Shedding is raised for as long as the reading is above its start, in steps in proportion to how far: for
         * what falls at once when less is let in. When that is not enough, new connections are closed; kept ones have
         * nothing to do with it.
         */
        QUEUE(ConnectionStance.CLOSE),
        /**
         * As {@link #QUEUE}, but when it is full new connections are closed at once: to pause would fill it further, and
         * to wait would leave the dropping to the kernel.
         */
        ACCEPT_QUEUE(ConnectionStance.CLOSE),
        /**
         * Shedding is in proportion to how far the reading is above its start, and not more: for what is used up and
         * given back slowly. When that is not enough, kept connections may be ended too, as they hold some of it.
         */
        STOCK(ConnectionStance.NO_KEEP_ALIVE),
        /** Nothing is shed; a reading that is {@code full} or more raises an alarm until it is below {@code start}. */
        ALARM(ConnectionStance.ACCEPT);

        private final ConnectionStance severest;

        Kind(ConnectionStance severest) {
            this.severest = severest;
        }

        /** What may at most be done to connections because of the source. */
        ConnectionStance severest() {
            return severest;
        }
    }

    /** Counts only while another source reads so much, which tells whether the service itself is the cause. */
    public record Condition(String source, double atLeast) {}

    public Trigger {
        if (!(start >= 0 && start < full)) {
            throw new IllegalArgumentException(
                    "start: " + start + ", full: " + full + " (expected: 0 <= start < full)");
        }
    }

    /** See {@link Kind#QUEUE}. */
    public static Trigger queue(double start, double full) {
        return new Trigger(Kind.QUEUE, start, full, null);
    }

    /** See {@link Kind#ACCEPT_QUEUE}. */
    public static Trigger acceptQueue(double start, double full) {
        return new Trigger(Kind.ACCEPT_QUEUE, start, full, null);
    }

    /** See {@link Kind#STOCK}. */
    public static Trigger stock(double start, double full) {
        return new Trigger(Kind.STOCK, start, full, null);
    }

    /** See {@link Kind#ALARM}; it ends a tenth below where it began. */
    public static Trigger alarm(double high) {
        return new Trigger(Kind.ALARM, high * 0.9, high, null);
    }

    /** The reading is reported and sets off nothing. */
    public static Trigger none() {
        return new Trigger(Kind.ALARM, Double.MAX_VALUE, Double.POSITIVE_INFINITY, null);
    }

    /** The same, only while another source reads at least so much; else it raises an alarm and no more. */
    public Trigger onlyWhile(String source, double atLeast) {
        return new Trigger(kind, start, full, new Condition(source, atLeast));
    }

    /** How far a reading is over the start: 0 (not at all) to 1 (full, or more). */
    double overload(double reading) {
        if (!(reading > start)) {
            return 0;
        }
        return reading >= full ? 1 : (reading - start) / (full - start);
    }
}
