package io.portguard.benchmarks.sim;

import io.portguard.Priority;

/**
 * Clients that behave alike.
 *
 * @param name of the group
 * @param clients how many they are
 * @param load what they offer together, as a multiple of the service's nominal capacity
 * @param priority of their requests
 * @param retries how often a request that was refused or not answered in time is sent again
 */
record ClientMix(String name, int clients, Curve load, Priority priority, int retries) {

    static ClientMix of(String name, int clients, Curve load) {
        return new ClientMix(name, clients, load, Priority.NORMAL, 0);
    }

    ClientMix with(Priority other) {
        return new ClientMix(name, clients, load, other, retries);
    }

    ClientMix withRetries(int count) {
        return new ClientMix(name, clients, load, priority, count);
    }
}
