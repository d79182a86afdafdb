package io.portguard.pressure;

import java.time.Duration;

/**
 * How long a connection rests after a refusal before its next request is read. Zero unless refusing itself has
 * become a load that everybody waits for. Moved by one thread, read by any.
 */
public final class RefusalPause {

    /*
     * A refusal is cheap and not free. Clients that ask again at once, on connections that are kept, can keep the
     * processor so busy with refusing that everybody's requests wait unread, and what is admitted then is late: the
     * service is flooded although its limits hold. A server that reads a connection only now and then has TCP push
     * back on whoever writes to it; each connection can have one request refused in that time, whatever it tries.
     *
     * The pause grows while tasks wait for a thread on average, or next to no processor is left, and the service has
     * all it can work on; it shrinks slowly when that is over, so that it settles where refusing costs what can be
     * spared. It goes quickly when the service runs out of work, since those who rest are then missed. Who is admitted
     * is not paused.
     */

    private static final double LONG_WAIT = 0.25;
    private static final double BUSY_PROCESSOR = 0.92;
    private static final double RELIEVED = 0.9;

    private static final double GROW = 1.5;
    private static final double SHRINK = 0.96;
    private static final double SHRINK_FAST = 0.6;
    private static final double FIRST_NANOS = Duration.ofMillis(25).toNanos();
    private static final double LONGEST_NANOS = Duration.ofSeconds(1).toNanos();
    private static final double SHORTEST_NANOS = Duration.ofMillis(2).toNanos();

    private double exact;
    private volatile long nanos;

    /** In nanoseconds; at most a second. */
    public long nanos() {
        return nanos;
    }

    /**
     * Moves the pause on, at each tick.
     *
     * @param meanWait of tasks, as a fraction of the delay that is acceptable
     * @param cpu how much of the processors is in use, 0 to 1; not a number when that is unknown
     * @param worked how much of what the service can work on at once is in flight, 1 being all
     */
    public void next(double meanWait, double cpu, double worked) {
        double strain = Math.max(meanWait / LONG_WAIT, Double.isNaN(cpu) ? 0 : cpu / BUSY_PROCESSOR);
        if (worked < 0.5) {
            exact *= SHRINK_FAST;
        } else if (strain > 1 && worked >= RELIEVED) {
            exact = Math.min(LONGEST_NANOS, Math.max(FIRST_NANOS, exact * GROW));
        } else if (strain < RELIEVED) {
            exact *= SHRINK;
        }
        exact = exact < SHORTEST_NANOS ? 0 : exact;
        nanos = (long) exact;
    }

    /** Pauses nobody. */
    public void none() {
        exact = 0;
        nanos = 0;
    }
}
