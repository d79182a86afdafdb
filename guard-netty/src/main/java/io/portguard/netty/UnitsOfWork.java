package io.portguard.netty;

import io.portguard.Outcome;
import io.portguard.Permit;
import java.util.ArrayList;
import java.util.List;

/**
 * The permits of what was admitted on a connection and belongs to no protocol that the guard knows. Those that were released
 * are dropped when there are twice as many as the last time. Confined to the event loop.
 */
final class UnitsOfWork {

    private static final int MIN_TO_LOOK_AT = 16;

    private final List<Permit> permits = new ArrayList<>(0);
    private int toLookAt = MIN_TO_LOOK_AT;

    void add(Permit admitted) {
        if (permits.size() >= toLookAt) {
            permits.removeIf(Permit::isReleased);
            toLookAt = Math.max(MIN_TO_LOOK_AT, 2 * permits.size());
        }
        permits.add(admitted);
    }

    /** The connection has ended, and whatever is in progress on it. */
    void release() {
        permits.forEach(permit -> permit.release(Outcome.IGNORED));
        permits.clear();
    }
}
