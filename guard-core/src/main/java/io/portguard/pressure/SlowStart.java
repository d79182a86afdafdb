package io.portguard.pressure;

import java.time.Duration;

/**
 * Lets a service that has just started, or has stood still for long, take its connections one after the other: while
 * tasks wait, accepting rests now and then. Nobody is refused for it. Not thread-safe.
 */
public final class SlowStart {

    /*
     * After a restart all clients come back at once, to a process whose code is not compiled and whose caches and pools
     * are empty. It is slower now than it will be in some seconds, and what it takes in now it will answer late, all of
     * it. Queued in the kernel, connections cost it nothing.
     *
     * How fast it may go nobody knows, so nothing is set by the clock: it is paced by the one sign that it takes in more
     * than it can do, tasks that wait and go on waiting: one reading late is a class that is loaded, or a collection. A
     * service that starts under the load it can carry shows none, and is not paced at
     * all. For the same reason a cold service's waiting sheds nothing until it is five times what is acceptable: pacing
     * comes first, refusing later than in a warm one.
     *
     * Pauses are short, because who waits in the kernel's queue waits unheard, and there are none while that queue is
     * half full: the kernel must not drop anybody because of them.
     */

    private static final long LASTS_NANOS = Duration.ofSeconds(10).toNanos();
    private static final long LONG_STANDSTILL_NANOS = Duration.ofSeconds(5).toNanos();
    /** Two windows of a delay that is measured: what a single one says is over by then. */
    private static final long PERSISTS_NANOS = Duration.ofMillis(200).toNanos();

    private static final long UNPACED_AFTER_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long PAUSE_AT_MOST_NANOS = Duration.ofMillis(250).toNanos();
    private static final long ACCEPT_AT_LEAST_NANOS = Duration.ofMillis(100).toNanos();
    private static final double HALF_FULL = 0.5;

    private boolean begun;
    private boolean warmingUp;
    private boolean paced;
    private boolean pausing;
    private boolean waiting;
    private long waitingSinceNanos;
    private long restedNanos;
    private long tickedAtNanos;
    private long beganAtNanos;
    private long turnedAtNanos;

    /**
     * Moves on, at each tick.
     *
     * @param acceptQueue how full the accept queue is, 1 being full; not a number when that is unknown
     * @return whether to accept nobody for the moment
     */
    public boolean next(long nowNanos, Overload overload, double acceptQueue) {
        if (!begun || nowNanos - tickedAtNanos > LONG_STANDSTILL_NANOS) {
            begun = true;
            warmingUp = true;
            waiting = false;
            beganAtNanos = nowNanos;
            turnedAtNanos = nowNanos;
        } else if (warmingUp && nowNanos - beganAtNanos >= LASTS_NANOS) {
            warmingUp = false;
        }
        if (pausing) {
            restedNanos += nowNanos - tickedAtNanos;
        }
        tickedAtNanos = nowNanos;
        boolean wanted = warmingUp && persists(nowNanos, tasksWait(overload)) && !(acceptQueue >= HALF_FULL);
        turn(nowNanos, wanted);
        paced = pausing || (paced && warmingUp && nowNanos - turnedAtNanos < UNPACED_AFTER_NANOS);
        return pausing;
    }

    private boolean persists(long nowNanos, boolean present) {
        if (!present || !waiting) {
            waiting = present;
            waitingSinceNanos = nowNanos;
        }
        return waiting && nowNanos - waitingSinceNanos >= PERSISTS_NANOS;
    }

    private void turn(long nowNanos, boolean wanted) {
        long sinceTurn = nowNanos - turnedAtNanos;
        boolean next =
                pausing ? wanted && sinceTurn < PAUSE_AT_MOST_NANOS : wanted && sinceTurn >= ACCEPT_AT_LEAST_NANOS;
        if (next != pausing) {
            restedNanos = next && !paced ? 0 : restedNanos;
            pausing = next;
            turnedAtNanos = nowNanos;
        }
    }

    private static boolean tasksWait(Overload overload) {
        return overload.parts().stream().anyMatch(part -> part.kind() == Trigger.Kind.QUEUE);
    }

    /** Whether it is less than ten seconds since the service started, or went on. */
    public boolean isWarmingUp() {
        return warmingUp;
    }

    /** Whether accepting rests now and then: until it has not for a second, or the service is warm. */
    public boolean isPacing() {
        return paced;
    }

    /** For how long accepting has rested in all, since it was last paced anew. */
    public Duration rested() {
        return Duration.ofNanos(restedNanos);
    }

    /** Accepts at once. */
    public void reset() {
        pausing = false;
        paced = false;
        waiting = false;
    }
}
