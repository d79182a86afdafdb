package io.portguard.standard;

import io.portguard.DecisionCounts;
import io.portguard.rule.StandardRules;
import java.util.concurrent.TimeUnit;

/** The most that was used at once within the last hour, to judge limits by. Moved by the tick, read by any thread. */
final class PeakUse {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final StandardRules rules;
    private final HighWater requests;
    private final HighWater connections;
    private final HighWater requestsOfClient;
    private final HighWater connectionsOfClient;
    private final HighWater accepted;
    private long acceptedBefore;
    private long secondBeganAtNanos;

    PeakUse(StandardRules rules, long nowNanos) {
        this.rules = rules;
        requests = new HighWater(nowNanos);
        connections = new HighWater(nowNanos);
        requestsOfClient = new HighWater(nowNanos);
        connectionsOfClient = new HighWater(nowNanos);
        accepted = new HighWater(nowNanos);
        secondBeganAtNanos = nowNanos;
    }

    void tick(DecisionCounts ofRequests, DecisionCounts ofConnections, long nowNanos) {
        requests.record(ofRequests.active(), nowNanos);
        connections.record(ofConnections.active(), nowNanos);
        if (nowNanos - secondBeganAtNanos >= SECOND) {
            long letIn = ofConnections.admitted() + ofConnections.wouldReject();
            double seconds = (double) (nowNanos - secondBeganAtNanos) / SECOND;
            accepted.record((long) ((letIn - acceptedBefore) / seconds), nowNanos);
            acceptedBefore = letIn;
            secondBeganAtNanos = nowNanos;
            requestsOfClient.record(rules.takeMostRequestsOfClient(), nowNanos);
            connectionsOfClient.record(rules.takeMostConnectionsOfClient(), nowNanos);
        }
    }

    /** Requests in progress. */
    long requests() {
        return requests.highest();
    }

    /** Connections open. */
    long connections() {
        return connections.highest();
    }

    /** Requests of one client in progress. */
    long requestsOfClient() {
        return requestsOfClient.highest();
    }

    /** Connections of one client open. */
    long connectionsOfClient() {
        return connectionsOfClient.highest();
    }

    /** New connections in a second. */
    long accepted() {
        return accepted.highest();
    }
}
