package io.portguard.standard;

import io.portguard.Attempt;
import io.portguard.DecisionCounts;
import io.portguard.Guard;
import io.portguard.GuardSnapshot;
import io.portguard.rule.ClientTable;
import io.portguard.rule.StandardRules;

/** How a guarded port is, gathered from those who know. Thread-safe. */
record PortState(Guard guard, StandardRules rules, ClientTable clients, PortPressure pressure) {

    GuardSnapshot now() {
        DecisionCounts requests = guard.counts(Attempt.Kind.REQUEST);
        return new GuardSnapshot(
                guard.name(),
                guard.mode(),
                requests.active(),
                guard.counts(Attempt.Kind.CONNECTION).active(),
                rules.requestLimit().limit(),
                rules.requestLimit().capacity(),
                rules.maxConnections(),
                requests.admitted(),
                requests.rejected(),
                requests.wouldReject(),
                clients.size(),
                rules.sheddingLevel(),
                pressure.stance(),
                pressure.readings(),
                pressure.backlog().depth(),
                pressure.backlog().capacity(),
                guard.faults());
    }
}
