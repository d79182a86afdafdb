package io.portguard;

/**
 * The one source of time of a guard: nanoseconds since an arbitrary origin, never going backwards.
 *
 * <p>Every algorithm of this library is given its time by this interface, so that a test or a simulation
 * can run it in virtual time.
 */
@FunctionalInterface
public interface NanoClock {

    /** The present time in nanoseconds; only differences between two readings have a meaning. */
    long nanoTime();

    /** The time of day, in milliseconds since 1970, for what people read; nothing is measured or decided by it. */
    default long epochMillis() {
        return System.currentTimeMillis();
    }

    /** The clock of the Java virtual machine, {@link System#nanoTime()}. */
    static NanoClock system() {
        return System::nanoTime;
    }
}
