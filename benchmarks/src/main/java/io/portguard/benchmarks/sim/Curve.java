package io.portguard.benchmarks.sim;

/** A quantity that changes over time; seconds since the start of the simulation. */
@FunctionalInterface
interface Curve {

    double at(double second);

    static Curve constant(double value) {
        return second -> value;
    }

    /** One value before a moment and another from it on. */
    static Curve step(double before, double second, double after) {
        return t -> t < second ? before : after;
    }

    /** A high value during the first part of every period, a low one in the rest. */
    static Curve bursts(double low, double high, double periodSeconds, double highSeconds) {
        return t -> t % periodSeconds < highSeconds ? high : low;
    }
}
