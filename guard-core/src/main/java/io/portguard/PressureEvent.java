package io.portguard;

import java.util.Locale;

/**
 * A change in how hard-pressed a port is, or in what it does about it, with its cause.
 *
 * @param atNanos when it was, by the guard's clock
 * @param kind what changed
 * @param from how it was before, {@code accept} for instance
 * @param to how it is now
 * @param cause the source of pressure that is behind it, {@code backlog} for instance; {@code none} when it is over
 * @param reading what the cause said, 1 being full; not a number when it said nothing
 */
public record PressureEvent(long atNanos, Kind kind, String from, String to, String cause, double reading) {

    /** What can change. */
    public enum Kind {
        /** Which priorities are being shed: {@code none}, or the most important one. */
        SHEDDING,
        /** The {@link ConnectionStance}. */
        STANCE,
        /** Whether a source is {@code present} or {@code absent}. */
        SOURCE,
        /** Whether a source that sheds nothing by itself is {@code normal} or {@code high}. */
        ALARM,
        /** Whether accepting is {@code paced} while the service warms up, or {@code unpaced}. */
        SLOW_START
    }

    /** The event in words. */
    @Override
    public String toString() {
        String what = kind == Kind.SOURCE || kind == Kind.ALARM
                ? "pressure source " + cause
                : kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        String reading = Double.isNaN(this.reading)
                ? ""
                : String.format(Locale.ROOT, " (%s at %.0f %%)", cause, this.reading * 100);
        return what + ": " + from + " -> " + to + reading;
    }
}
