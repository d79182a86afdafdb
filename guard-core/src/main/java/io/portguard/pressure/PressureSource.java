package io.portguard.pressure;

import java.time.Duration;

/** One sign of pressure, sampled in the background and never by a request. Used by one thread at a time. */
public interface PressureSource {

    /** What {@link #sample} returns when there is nothing to be told at present. */
    double ABSENT = Double.NaN;

    /** A short name for metrics and reports, {@code backlog} for instance. */
    String name();

    /**
     * The pressure now: 0 for none, 1 when what is watched is full or as late as it may be, and above when it is
     * worse still; {@link #ABSENT} when there is nothing to be told at present.
     *
     * @throws Exception when it cannot be told, on this system for instance; the message says why. That is reported
     *     once, and the source is asked again after a while.
     */
    double sample(long nowNanos) throws Exception;

    /**
     * How often it is worth asking, for a source that costs something; at each tick unless it says otherwise. One that
     * turns out to be dear is asked less often.
     */
    default Duration interval() {
        return Duration.ZERO;
    }

    /** Whether it may take its time, to read a long file for instance, and so must not be asked by the tick itself. */
    default boolean isSlow() {
        return false;
    }
}
