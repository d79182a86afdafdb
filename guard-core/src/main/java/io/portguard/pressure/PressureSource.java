package io.portguard.pressure;

import java.time.Duration;

/** One sign of pressure, sampled by the tick and never by a request. Used by one thread at a time. */
public interface PressureSource {

    /** What {@link #sample} returns when there is nothing to be seen. */
    double ABSENT = Double.NaN;

    /** A short name for metrics and reports, {@code backlog} for instance. */
    String name();

    /**
     * The pressure now: 0 for none, 1 when what is watched is full or as late as it may be, and above when it is
     * worse still; {@link #ABSENT} when it cannot be told.
     */
    double sample(long nowNanos);

    /** How often it is worth asking, for a source that costs something; at each tick unless it says otherwise. */
    default Duration interval() {
        return Duration.ZERO;
    }
}
