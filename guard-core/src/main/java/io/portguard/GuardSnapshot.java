package io.portguard;

import java.util.Map;

/**
 * How a guarded port is at one moment.
 *
 * @param name of the guard
 * @param mode what it does with its decisions
 * @param activeRequests requests in progress
 * @param activeConnections connections open
 * @param requestLimit how many requests may be in progress at present
 * @param requestCapacity how many of these the service is thought to work on at once; the others queue
 * @param connectionLimit how many connections may be open
 * @param admittedRequests since the guard was built
 * @param rejectedRequests since the guard was built
 * @param wouldRejectRequests since the guard was built, in shadow mode
 * @param trackedClients clients that something is known of
 * @param sheddingLevel 0 (nothing is shed) to 511
 * @param connectionStance what is done with new connections
 * @param pressure the last reading of each source that is there: 1 is full
 * @param backlogDepth connections that wait to be accepted; -1 when unknown
 * @param backlogCapacity how many can wait; -1 when unknown
 * @param faults how often something inside the guard has thrown
 */
public record GuardSnapshot(
        String name,
        Mode mode,
        long activeRequests,
        long activeConnections,
        int requestLimit,
        int requestCapacity,
        int connectionLimit,
        long admittedRequests,
        long rejectedRequests,
        long wouldRejectRequests,
        long trackedClients,
        int sheddingLevel,
        ConnectionStance connectionStance,
        Map<String, Double> pressure,
        long backlogDepth,
        int backlogCapacity,
        long faults) {}
