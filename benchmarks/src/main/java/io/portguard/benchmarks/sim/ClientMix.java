package io.portguard.benchmarks.sim;

import io.portguard.Priority;
import org.jspecify.annotations.Nullable;

/**
 * Clients that behave alike.
 *
 * @param name of the group
 * @param clients how many they are
 * @param load what they offer together, as a multiple of the service's nominal capacity
 * @param priority of their requests
 * @param retries how often a request that was refused or not answered in time is sent again
 * @param loop how each client waits for its answers; null where requests come whatever becomes of those before
 */
record ClientMix(
        String name,
        int clients,
        Curve load,
        Priority priority,
        int retries,
        @Nullable ClosedLoop loop) {

    /**
     * A client has one request at a time: the next one follows when the last has been answered or refused.
     *
     * @param thinkMillis how long it takes on average until it does, exponentially distributed
     */
    record ClosedLoop(double thinkMillis) {}

    static ClientMix of(String name, int clients, Curve load) {
        return new ClientMix(name, clients, load, Priority.NORMAL, 0, null);
    }

    /** Clients of which each has one request at a time. */
    static ClientMix closed(String name, int clients, double thinkMillis) {
        return new ClientMix(name, clients, Curve.constant(0), Priority.NORMAL, 0, new ClosedLoop(thinkMillis));
    }

    ClientMix with(Priority other) {
        return new ClientMix(name, clients, load, other, retries, loop);
    }

    ClientMix withRetries(int count) {
        return new ClientMix(name, clients, load, priority, count, loop);
    }
}
