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

    /** One value before a moment, another after a later one, and a straight line between them. */
    static Curve ramp(double before, double from, double to, double after) {
        return t -> t <= from ? before : t >= to ? after : before + (after - before) * (t - from) / (to - from);
    }

    /** A high value during the first part of every period, a low one in the rest. */
    static Curve bursts(double low, double high, double periodSeconds, double highSeconds) {
        return t -> t % periodSeconds < highSeconds ? high : low;
    }

    /** A sine between two values. */
    static Curve wave(double low, double high, double periodSeconds) {
        return t -> (low + high) / 2 + (high - low) / 2 * Math.sin(2 * Math.PI * t / periodSeconds);
    }

    /** Another value between two at each moment, without any order but always the same. */
    static Curve jitter(double low, double high) {
        return t -> {
            long hash = Double.doubleToLongBits(t) * 0x9e37_79b9_7f4a_7c15L;
            return low + (high - low) * ((hash ^ (hash >>> 32)) & 0xffff) / 0x1_0000;
        };
    }
}
