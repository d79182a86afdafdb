package io.portguard.pressure;

import java.time.Duration;

/**
 * How long a connection rests after a refusal before its next request is read. Zero unless refusing itself has
 * become a load that tasks wait for. Moved by one thread, read by any.
 */
public final class RefusalPause {

    /*
     * A refusal is cheap and not free. Clients that ask again at once, on connections that are kept, can keep the
     * processor so busy with refusing that everybody's requests wait unread, and what is admitted then is late: the
     * service is flooded although its limits hold. A server that reads a connection only now and then has TCP push
     * back on whoever writes to it; each connection can have one request refused in that time, whatever it tries.
     *
     * The pause grows by up to a factor of two for every window in which tasks waited for long on average, and shrinks
     * slowly, so that it settles where refusing costs what can be spared. Who is admitted is not paused.
     */

    private static final double WAITS_LONG = 0.25;
    private static final double WAITS_LITTLE = 0.1;
    private static final double SHRINK = 0.95;
    private static final double FIRST_NANOS = Duration.ofMillis(10).toNanos();
    private static final double LONGEST_NANOS = Duration.ofMillis(300).toNanos();
    private static final double SHORTEST_NANOS = Duration.ofMillis(2).toNanos();

    private double exact;
    private volatile long nanos;

    /** In nanoseconds; at most 300 ms. */
    public long nanos() {
        return nanos;
    }

    /**
     * Moves the pause on.
     *
     * @param meanWait of tasks, as a fraction of the delay that is acceptable
     */
    public void next(double meanWait) {
        if (meanWait > WAITS_LONG) {
            exact = Math.min(LONGEST_NANOS, Math.max(FIRST_NANOS, exact * (1 + Math.min(1, meanWait))));
        } else if (meanWait < WAITS_LITTLE) {
            exact = exact < SHORTEST_NANOS ? 0 : exact * SHRINK;
        }
        nanos = (long) exact;
    }

    /** Pauses nobody. */
    public void none() {
        exact = 0;
        nanos = 0;
    }
}
