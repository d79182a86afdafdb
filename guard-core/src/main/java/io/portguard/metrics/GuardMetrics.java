package io.portguard.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.portguard.Attempt;
import io.portguard.DecisionCounts;
import io.portguard.Failure;
import io.portguard.Priority;
import io.portguard.Reason;
import io.portguard.pressure.NetworkDrops.Counter;
import io.portguard.standard.ConnectionChecks;
import io.portguard.standard.StandardGuard;
import io.portguard.wire.FirstBytes;
import io.portguard.wire.HandshakeFailure;
import io.portguard.wire.Tally;
import java.util.function.ToDoubleFunction;

/**
 * Binds what a guard counts to Micrometer. Nothing is counted twice: the meters read the guard's own counts when
 * they are asked. No meter has a tag whose values a client can choose.
 */
public final class GuardMetrics implements MeterBinder {

    private static final String REQUESTS = "guard.requests";
    private static final String DECIDED = "Requests decided";
    private static final String WRONG_PROTOCOL = "guard.connections.wrong-protocol";
    private static final String HANDSHAKE_FAILURES = "guard.handshakes.failures";

    private final StandardGuard port;

    public GuardMetrics(StandardGuard port) {
        this.port = port;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Tags guard = Tags.of("guard", port.guard().name());
        bindRequests(registry, guard);
        bindConnections(registry, guard);
        bindHandshakes(registry, guard);
        bindPenalties(registry, guard);
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
            count(registry, tags, REQUESTS, DECIDED, "admitted", "none", counts, c -> c.admitted(priority));
            for (Reason reason : Reason.values()) {
                String text = reason.text();
                count(registry, tags, REQUESTS, DECIDED, "rejected", text, counts, c -> c.rejected(reason, priority));
                count(
                        registry,
                        tags,
                        REQUESTS,
                        DECIDED,
                        "would-reject",
                        text,
                        counts,
                        c -> c.wouldReject(reason, priority));
            }
        }
    }

    private void bindConnections(MeterRegistry registry, Tags guard) {
        bind(registry, guard, "guard.connections", "Connections decided", Attempt.Kind.CONNECTION);
        for (String protocol : FirstBytes.PROTOCOLS) {
            tally(registry, guard.and("protocol", protocol), WRONG_PROTOCOL, checks().wrongProtocols(), protocol);
        }
        String configured = ConnectionChecks.CONFIGURED;
        tally(registry, guard.and("protocol", configured), WRONG_PROTOCOL, checks().wrongProtocols(), configured);
    }

    private void bindHandshakes(MeterRegistry registry, Tags guard) {
        bind(registry, guard, "guard.handshakes", "TLS handshakes decided", Attempt.Kind.HANDSHAKE);
        DecisionCounts counts = port.guard().counts(Attempt.Kind.HANDSHAKE);
        gauge(registry, guard, "guard.handshakes.active", "TLS handshakes in progress", p -> counts.active());
        for (HandshakeFailure cause : HandshakeFailure.values()) {
            tally(
                    registry,
                    guard.and("cause", cause.text()),
                    HANDSHAKE_FAILURES,
                    checks().handshakeFailures(),
                    cause.text());
        }
    }

    private void bindPenalties(MeterRegistry registry, Tags guard) {
        for (Failure failure : Failure.values()) {
            FunctionCounter.builder(
                            "guard.clients.failures", port, p -> p.penalties().failures(failure))
                    .description("Failures that were a client's own doing")
                    .tags(guard.and("failure", failure.text()))
                    .register(registry);
        }
        FunctionCounter.builder(
                        "guard.clients.disbelieved", port, p -> p.identity().disbelieved())
                .description("Headers of trusted proxies that were malformed, too long, or at odds with each other")
                .tags(guard)
                .register(registry);
        gauge(
                registry,
                guard,
                "guard.clients.banned",
                "Clients that are banned",
                p -> p.bans().size());
    }

    private ConnectionChecks checks() {
        return port.checks();
    }

    private void bind(MeterRegistry registry, Tags guard, String name, String description, Attempt.Kind kind) {
        DecisionCounts counts = port.guard().counts(kind);
        count(registry, guard, name, description, "admitted", "none", counts, DecisionCounts::admitted);
        for (Reason reason : Reason.values()) {
            String text = reason.text();
            count(registry, guard, name, description, "rejected", text, counts, c -> c.rejected(reason));
            count(registry, guard, name, description, "would-reject", text, counts, c -> c.wouldReject(reason));
        }
    }

    private static void tally(MeterRegistry registry, Tags tags, String name, Tally tally, String counted) {
        FunctionCounter.builder(name, tally, t -> t.count(counted))
                .description(
                        name.equals(WRONG_PROTOCOL)
                                ? "Connections whose first bytes are of another protocol"
                                : "TLS handshakes that failed")
                .tags(tags)
                .register(registry);
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

    private static void count(
            MeterRegistry registry,
            Tags tags,
            String name,
            String description,
            String outcome,
            String reason,
            DecisionCounts counts,
            ToDoubleFunction<DecisionCounts> count) {
        FunctionCounter.builder(name, counts, count)
                .description(description)
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
