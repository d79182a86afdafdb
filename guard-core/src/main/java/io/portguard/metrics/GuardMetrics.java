package io.portguard.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.portguard.Attempt;
import io.portguard.DecisionCounts;
import io.portguard.Priority;
import io.portguard.Reason;
import io.portguard.pressure.NetworkDrops.Counter;
import io.portguard.standard.StandardGuard;
import java.util.function.ToDoubleFunction;

/**
 * Binds what a guard counts to Micrometer. Nothing is counted twice: the meters read the guard's own counts when
 * they are asked. No meter has a tag whose values a client can choose.
 */
public final class GuardMetrics implements MeterBinder {

    private final StandardGuard port;

    public GuardMetrics(StandardGuard port) {
        this.port = port;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Tags guard = Tags.of("guard", port.guard().name());
        bindRequests(registry, guard);
        bindConnections(registry, guard);
        gauge(
                registry,
                guard,
                "guard.requests.active",
                "Requests in progress",
                p -> p.status().activeRequests());
        gauge(
                registry,
                guard,
                "guard.requests.limit",
                "Requests that may be in progress",
                p -> p.status().requestLimit());
        gauge(
                registry,
                guard,
                "guard.connections.active",
                "Connections open",
                p -> p.status().activeConnections());
        gauge(
                registry,
                guard,
                "guard.connections.limit",
                "Connections that may be open",
                p -> p.status().connectionLimit());
        gauge(
                registry,
                guard,
                "guard.connections.stance",
                "0 (accept), 1 (pause), 2 (close new ones), 3 (end kept ones as well)",
                p -> p.connectionStance().ordinal());
        gauge(
                registry,
                guard,
                "guard.shedding.level",
                "0 (nothing is shed) to 511",
                p -> p.status().sheddingLevel());
        gauge(
                registry,
                guard,
                "guard.clients.tracked",
                "Clients that something is known of",
                p -> p.status().trackedClients());
        bindBacklog(registry, guard);
        for (String source : port.pressure().sources()) {
            gauge(
                    registry,
                    guard.and("source", source),
                    "guard.pressure",
                    "1 is full",
                    p -> p.status().pressure().getOrDefault(source, Double.NaN));
        }
    }

    private void bindRequests(MeterRegistry registry, Tags guard) {
        DecisionCounts counts = port.guard().counts(Attempt.Kind.REQUEST);
        for (Priority priority : Priority.values()) {
            Tags tags = guard.and("priority", priority.text());
            requests(registry, tags, "admitted", "none", counts, c -> c.admitted(priority));
            for (Reason reason : Reason.values()) {
                requests(registry, tags, "rejected", reason.text(), counts, c -> c.rejected(reason, priority));
                requests(registry, tags, "would-reject", reason.text(), counts, c -> c.wouldReject(reason, priority));
            }
        }
    }

    private void bindConnections(MeterRegistry registry, Tags guard) {
        DecisionCounts counts = port.guard().counts(Attempt.Kind.CONNECTION);
        connections(registry, guard, "admitted", "none", counts, DecisionCounts::admitted);
        for (Reason reason : Reason.values()) {
            connections(registry, guard, "rejected", reason.text(), counts, c -> c.rejected(reason));
            connections(registry, guard, "would-reject", reason.text(), counts, c -> c.wouldReject(reason));
        }
    }

    private void bindBacklog(MeterRegistry registry, Tags guard) {
        gauge(
                registry,
                guard,
                "guard.backlog.depth",
                "Connections that wait to be accepted",
                p -> orNan(p.status().backlogDepth()));
        gauge(
                registry,
                guard,
                "guard.backlog.capacity",
                "Connections that can wait to be accepted",
                p -> orNan(p.status().backlogCapacity()));
        gauge(
                registry,
                guard,
                "guard.backlog.half-open",
                "Connections whose client has not answered the SYN-ACK",
                p -> orNan(p.pressure().halfOpenConnections()));
        FunctionCounter.builder(
                        "guard.backlog.overflows",
                        port,
                        p -> Math.max(0, p.pressure().dropped(Counter.OVERFLOW)))
                .description("Full accept queues met by connections, of all ports of the network namespace")
                .tags(guard)
                .register(registry);
        for (Counter counter : Counter.values()) {
            FunctionCounter.builder(
                            "guard.network.drops",
                            port,
                            p -> Math.max(0, p.pressure().dropped(counter)))
                    .description("What the kernel dropped, of all ports of the network namespace")
                    .tags(guard.and("cause", counter.text()))
                    .register(registry);
        }
    }

    private static void requests(
            MeterRegistry registry,
            Tags tags,
            String outcome,
            String reason,
            DecisionCounts counts,
            ToDoubleFunction<DecisionCounts> count) {
        FunctionCounter.builder("guard.requests", counts, count)
                .description("Requests decided")
                .tags(tags.and("outcome", outcome, "reason", reason))
                .register(registry);
    }

    private static void connections(
            MeterRegistry registry,
            Tags tags,
            String outcome,
            String reason,
            DecisionCounts counts,
            ToDoubleFunction<DecisionCounts> count) {
        FunctionCounter.builder("guard.connections", counts, count)
                .description("Connections decided")
                .tags(tags.and("outcome", outcome, "reason", reason))
                .register(registry);
    }

    private void gauge(
            MeterRegistry registry, Tags tags, String name, String description, ToDoubleFunction<StandardGuard> value) {
        Gauge.builder(name, port, value).description(description).tags(tags).register(registry);
    }

    private static double orNan(long value) {
        return value < 0 ? Double.NaN : value;
    }
}
