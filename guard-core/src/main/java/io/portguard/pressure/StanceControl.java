package io.portguard.pressure;

import io.portguard.ConnectionStance;
import java.time.Duration;

/**
 * Moves the stance of a port towards connections, one step at a time and only when shedding requests has not been
 * enough. Not thread-safe.
 */
public final class StanceControl {

    /*
     * Requests are refused first, because a refused request costs its client least: it keeps its connection and learns
     * why. A new connection that is closed learns nothing, and a kept one that is ended comes back as a new one. So the
     * stance moves only when all that can be shed is shed and a source is full all the same, for a while; a quarter of
     * a second longer than it takes to see it.
     *
     * A pause refuses nobody, but it fills the accept queue, and who is in there waits unheard: half a second, then
     * either it has helped or connections are closed. The accept queue itself is the exception to the order: when it is
     * full the kernel drops whoever comes, so they are closed at once.
     *
     * Back: to what the sources still over their start allow for, when that has been so for half a second. A source
     * between its start and its full reading neither raises nor lowers anything.
     */

    private static final long BEFORE_PAUSE_NANOS = Duration.ofMillis(250).toNanos();
    private static final long PAUSED_AT_MOST_NANOS = Duration.ofMillis(500).toNanos();
    private static final long BEFORE_ENDING_KEPT_NANOS = Duration.ofSeconds(2).toNanos();
    private static final long CALM_NANOS = Duration.ofMillis(500).toNanos();

    private ConnectionStance stance = ConnectionStance.ACCEPT;
    private boolean strained;
    private long strainedSinceNanos;
    private boolean calm;
    private long calmSinceNanos;

    /**
     * Moves the stance on, at each tick, and returns it.
     *
     * @param overload what is over its start because of the service
     * @param shedsAll whether all requests are refused that may be
     */
    public ConnectionStance next(long nowNanos, Overload overload, boolean shedsAll) {
        escalate(nowNanos, overload, shedsAll);
        relax(nowNanos, overload);
        return stance;
    }

    private void escalate(long nowNanos, Overload overload, boolean shedsAll) {
        ConnectionStance most = ConnectionStance.ACCEPT;
        for (Overload.Part part : overload.parts()) {
            if (part.isFull()) {
                most = max(most, part.kind().severest());
                if (part.kind() == Trigger.Kind.ACCEPT_QUEUE && stance.compareTo(ConnectionStance.CLOSE) < 0) {
                    stance = ConnectionStance.CLOSE;
                }
            }
        }
        boolean strain = shedsAll && most != ConnectionStance.ACCEPT;
        if (!strain || !strained) {
            strained = strain;
            strainedSinceNanos = nowNanos;
        } else if (stance.compareTo(most) < 0 && nowNanos - strainedSinceNanos >= patienceNanos()) {
            stance = ConnectionStance.values()[stance.ordinal() + 1];
            strainedSinceNanos = nowNanos;
        }
        if (stance == ConnectionStance.PAUSE && !strain) {
            stance = ConnectionStance.ACCEPT;
        }
    }

    private long patienceNanos() {
        return switch (stance) {
            case ACCEPT -> BEFORE_PAUSE_NANOS;
            case PAUSE -> PAUSED_AT_MOST_NANOS;
            case CLOSE, NO_KEEP_ALIVE -> BEFORE_ENDING_KEPT_NANOS;
        };
    }

    private void relax(long nowNanos, Overload overload) {
        ConnectionStance supported = ConnectionStance.ACCEPT;
        for (Overload.Part part : overload.parts()) {
            supported = max(supported, part.kind().severest());
        }
        boolean isCalm = supported.compareTo(stance) < 0;
        if (!isCalm || !calm) {
            calm = isCalm;
            calmSinceNanos = nowNanos;
        } else if (nowNanos - calmSinceNanos >= CALM_NANOS) {
            stance = stance == ConnectionStance.NO_KEEP_ALIVE ? ConnectionStance.CLOSE : ConnectionStance.ACCEPT;
            calmSinceNanos = nowNanos;
        }
    }

    /** Accepts again, whatever there was. */
    public void reset() {
        stance = ConnectionStance.ACCEPT;
        strained = false;
        calm = false;
    }

    private static ConnectionStance max(ConnectionStance one, ConnectionStance other) {
        return one.compareTo(other) >= 0 ? one : other;
    }
}
