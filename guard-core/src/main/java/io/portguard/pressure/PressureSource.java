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

    /** How long it may take to answer, and with that who asks it. */
    default Pace pace() {
        return Pace.QUICK;
    }

    /** How long a source may take to answer. */
    enum Pace {
        /** A fraction of a millisecond: it is asked by the tick. */
        QUICK,
        /** It reads a long file, for instance: it is asked on another thread than the tick's. */
        SLOW,
        /** It depends on others that may not answer at all: it is asked on a thread that the slow ones do not need. */
        MAY_HANG
    }
}
