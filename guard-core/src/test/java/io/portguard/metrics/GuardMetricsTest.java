package io.portguard.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.portguard.Attempt;
import io.portguard.Attempts;
import io.portguard.Client;
import io.portguard.ClientKey;
import io.portguard.Failure;
import io.portguard.ManualClock;
import io.portguard.Mode;
import io.portguard.Outcome;
import io.portguard.Permit;
import io.portguard.Priority;
import io.portguard.Reason;
import io.portguard.pressure.NetworkDrops;
import io.portguard.pressure.PressureSource;
import io.portguard.standard.ConnectionChecks;
import io.portguard.standard.StandardGuard;
import io.portguard.wire.FirstBytes;
import io.portguard.wire.HandshakeFailure;
import io.portguard.wire.Sight;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class GuardMetricsTest {

    private final ManualClock clock = new ManualClock();
    private final StandardGuard guard = StandardGuard.builder("server")
            .configure(Map.of("requests.concurrency.algorithm", "fixed", "requests.concurrency.max", "50"))
            .clock(clock)
            .tickInterval(Duration.ZERO)
            .pressure(new PressureSource() {
                @Override
                public String name() {
                    return "event-loop";
                }

                @Override
                public double sample(long nowNanos) {
                    return 0.25;
                }
            })
            .build();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Client client = guard.guard().client(Attempts.key(1));

    GuardMetricsTest() {
        new GuardMetrics(guard).bindTo(registry);
    }

    private double gauge(String name) {
        return registry.get(name).tag("guard", "server").gauge().value();
    }

    private double requests(String outcome, String reason, Priority priority) {
        return registry.get("guard.requests")
                .tags("guard", "server", "outcome", outcome, "reason", reason, "priority", priority.text())
                .functionCounter()
                .count();
    }

    private double connections(String outcome, String reason) {
        return registry.get("guard.connections")
                .tags("guard", "server", "outcome", outcome, "reason", reason)
                .functionCounter()
                .count();
    }

    @Test
    void failuresOfClientsAreCountedByTheirKindAndBansAreAGauge() {
        guard.failed(Attempts.connection(client), Failure.TIMEOUT);
        guard.failed(Attempts.connection(client), Failure.TIMEOUT);
        guard.ban(client.key(), 60);
        assertThat(registry.get("guard.clients.failures")
                        .tags("guard", "server", "failure", "timeout")
                        .functionCounter()
                        .count())
                .isEqualTo(2);
        assertThat(registry.get("guard.clients.failures")
                        .tags("failure", "scan")
                        .functionCounter()
                        .count())
                .isZero();
        assertThat(registry.get("guard.clients.banned").gauge().value()).isOne();
    }

    @Test
    void theMetersAreThoseOfTheContract() {
        Map<String, Set<String>> tagsByName = registry.getMeters().stream()
                .collect(Collectors.groupingBy(
                        meter -> meter.getId().getName(),
                        TreeMap::new,
                        Collectors.flatMapping(
                                meter -> meter.getId().getTags().stream().map(Tag::getKey),
                                Collectors.toCollection(TreeSet::new))));
        Map<String, Set<String>> expected = new TreeMap<>();
        for (String name : List.of(
                "guard.requests.active",
                "guard.requests.limit",
                "guard.connections.active",
                "guard.connections.limit",
                "guard.handshakes.active",
                "guard.shedding.level",
                "guard.clients.tracked",
                "guard.clients.banned",
                "guard.clients.disbelieved",
                "guard.backlog.depth",
                "guard.backlog.capacity",
                "guard.backlog.overflows",
                "guard.backlog.half-open",
                "guard.connections.stance")) {
            expected.put(name, Set.of("guard"));
        }
        expected.put("guard.requests", Set.of("guard", "outcome", "priority", "reason"));
        expected.put("guard.connections", Set.of("guard", "outcome", "reason"));
        expected.put("guard.connections.wrong-protocol", Set.of("guard", "protocol"));
        expected.put("guard.handshakes", Set.of("guard", "outcome", "reason"));
        expected.put("guard.handshakes.failures", Set.of("cause", "guard"));
        expected.put("guard.clients.failures", Set.of("failure", "guard"));
        expected.put("guard.pressure", Set.of("guard", "source"));
        expected.put("guard.network.drops", Set.of("guard", "cause"));
        assertThat(tagsByName).containsAllEntriesOf(expected);
        assertThat(tagsByName.keySet()).isEqualTo(expected.keySet());
        assertThat(registry.getMeters()).allMatch(meter -> meter.getId().getDescription() != null);
    }

    @Test
    void noTagHasAValueThatAClientCanChoose() {
        Set<String> known = new TreeSet<>(List.of("server", "admitted", "rejected", "would-reject", "none"));
        Arrays.stream(Reason.values()).map(Reason::text).forEach(known::add);
        Arrays.stream(Priority.values()).map(Priority::text).forEach(known::add);
        Arrays.stream(HandshakeFailure.values()).map(HandshakeFailure::text).forEach(known::add);
        Arrays.stream(Failure.values()).map(Failure::text).forEach(known::add);
        known.addAll(FirstBytes.PROTOCOLS);
        known.add(ConnectionChecks.CONFIGURED);
        known.addAll(guard.pressure().sources());
        Arrays.stream(NetworkDrops.Counter.values())
                .map(NetworkDrops.Counter::text)
                .forEach(known::add);
        int meters = registry.getMeters().size();
        for (int i = 0; i < 1_000; i++) {
            guard.guard().tryAdmit(Attempts.request(guard.guard().client(ClientKey.named("client " + i))));
        }
        assertThat(registry.getMeters()).hasSize(meters);
        assertThat(registry.getMeters().stream()
                        .map(Meter::getId)
                        .flatMap(id -> id.getTags().stream())
                        .map(Tag::getValue))
                .allMatch(known::contains);
    }

    @Test
    void decisionsAreCountedByOutcomeReasonAndPriority() {
        Permit permit = (Permit) guard.guard().tryAdmit(Attempts.request(client, Priority.CRITICAL));
        guard.guard().tryAdmit(Attempts.connection(client));
        guard.ban(client.key(), 10);
        guard.guard().tryAdmit(Attempts.request(client, Priority.BACKGROUND));
        guard.guard().tryAdmit(Attempts.connection(client));
        guard.settings().tune("mode", "shadow", 0);
        Permit shadowed = (Permit) guard.guard().tryAdmit(Attempts.request(client));
        Permit connection = (Permit) guard.guard().tryAdmit(Attempts.connection(client));

        assertThat(requests("admitted", "none", Priority.CRITICAL)).isOne();
        assertThat(requests("rejected", "banned", Priority.BACKGROUND)).isOne();
        assertThat(requests("rejected", "banned", Priority.CRITICAL)).isZero();
        assertThat(requests("would-reject", "banned", Priority.NORMAL)).isOne();
        assertThat(connections("admitted", "none")).isOne();
        assertThat(connections("rejected", "banned")).isOne();
        assertThat(connections("would-reject", "banned")).isOne();
        assertThat(gauge("guard.requests.active")).isEqualTo(2);
        assertThat(gauge("guard.connections.active")).isEqualTo(2);
        permit.release(Outcome.SUCCESS);
        shadowed.release(Outcome.SUCCESS);
        connection.release(Outcome.SUCCESS);
        assertThat(gauge("guard.requests.active")).isZero();
        assertThat(gauge("guard.connections.active")).isOne();
    }

    @Test
    void whatIsFoundInFirstBytesAndHandshakesIsCountedByWhatItIs() {
        Attempt connection = Attempts.connection(client);
        guard.checks().failed(connection, HandshakeFailure.NO_SHARED_CIPHER);
        Sight.Strange ssh = new Sight.Strange("ssh", Mode.ENFORCE, false);
        assertThat(guard.checks().refuses(connection, ssh)).isTrue();
        assertThat(guard.checks().refuses(connection, new Sight.Strange("own", Mode.SHADOW, true)))
                .isFalse();

        assertThat(registry.get("guard.handshakes.failures")
                        .tag("cause", "no-shared-cipher")
                        .functionCounter()
                        .count())
                .isOne();
        for (String protocol : List.of("ssh", "configured")) {
            assertThat(registry.get("guard.connections.wrong-protocol")
                            .tag("protocol", protocol)
                            .functionCounter()
                            .count())
                    .isOne();
        }
        assertThat(connections("rejected", "denied")).isOne();
        assertThat(connections("would-reject", "denied")).isOne();
    }

    @Test
    void theStateIsReadWhenItIsAskedFor() {
        assertThat(gauge("guard.requests.limit")).isEqualTo(50);
        guard.settings().tune("connections.max", "77", 0);
        assertThat(gauge("guard.connections.limit")).isEqualTo(77);
        assertThat(gauge("guard.clients.tracked")).isOne();
        assertThat(gauge("guard.shedding.level")).isZero();
        assertThat(gauge("guard.backlog.depth")).isNaN();
        assertThat(gauge("guard.backlog.capacity")).isNaN();
        assertThat(registry.get("guard.backlog.overflows").functionCounter().count())
                .isNotNegative();
        guard.guard().tick();
        assertThat(registry.get("guard.pressure")
                        .tag("source", "event-loop")
                        .gauge()
                        .value())
                .isEqualTo(0.25);
        assertThat(registry.get("guard.pressure")
                        .tag("source", "backlog")
                        .gauge()
                        .value())
                .isNaN();
    }
}
