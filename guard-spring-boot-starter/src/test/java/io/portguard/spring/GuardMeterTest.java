package io.portguard.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.portguard.Failure;
import io.portguard.Priority;
import io.portguard.Reason;
import io.portguard.pressure.NetworkDrops;
import io.portguard.standard.ConnectionChecks;
import io.portguard.wire.FirstBytes;
import io.portguard.wire.HandshakeFailure;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GuardMeterTest {

    @Test
    void countsWhatTheServiceDecides() {
        try (GuardedService service = GuardedService.start("guard.clients.rate=0.001", "guard.clients.burst=1")) {
            MeterRegistry registry = service.context().getBean(MeterRegistry.class);
            service.get("/hello");
            service.get("/hello");
            assertThat(registry.get("guard.requests")
                            .tags("guard", "server", "outcome", "admitted", "reason", "none", "priority", "normal")
                            .functionCounter()
                            .count())
                    .isEqualTo(1);
            assertThat(registry.get("guard.requests")
                            .tags("outcome", "rejected", "reason", "client-rate", "priority", "normal")
                            .functionCounter()
                            .count())
                    .isEqualTo(1);
            assertThat(registry.get("guard.connections")
                            .tags("guard", "server", "outcome", "admitted", "reason", "none")
                            .functionCounter()
                            .count())
                    .isPositive();
            assertThat(registry.get("guard.connections.active").gauge().value()).isPositive();
        }
    }

    @Test
    void hasTheMetersOfTheContractAndNoTagThatAClientCanChoose() {
        try (GuardedService service = GuardedService.start()) {
            service.get("/hello?a=b", "X-Forwarded-For", "203.0.113.9", "Priority", "u=7");
            MeterRegistry registry = service.context().getBean(MeterRegistry.class);
            Set<String> names = registry.getMeters().stream()
                    .map(meter -> meter.getId().getName())
                    .filter(name -> name.startsWith("guard."))
                    .collect(Collectors.toCollection(TreeSet::new));
            assertThat(names)
                    .contains(
                            "guard.requests",
                            "guard.connections",
                            "guard.requests.active",
                            "guard.requests.limit",
                            "guard.connections.active",
                            "guard.connections.limit",
                            "guard.pressure",
                            "guard.shedding.level",
                            "guard.clients.tracked",
                            "guard.backlog.depth",
                            "guard.backlog.capacity",
                            "guard.backlog.overflows",
                            "guard.backlog.half-open");
            for (Meter meter : registry.getMeters()) {
                if (meter.getId().getName().startsWith("guard.")) {
                    assertThat(meter.getId().getTags())
                            .as(meter.getId().toString())
                            .allMatch(tag -> isKnown(service, tag));
                }
            }
        }
    }

    private static boolean isKnown(GuardedService service, Tag tag) {
        return switch (tag.getKey()) {
            case "guard" -> tag.getValue().equals("server");
            case "outcome" -> Set.of("admitted", "rejected", "would-reject").contains(tag.getValue());
            case "reason" ->
                Stream.concat(Stream.of("none"), Arrays.stream(Reason.values()).map(Reason::text))
                        .anyMatch(tag.getValue()::equals);
            case "failure" -> Arrays.stream(Failure.values()).map(Failure::text).anyMatch(tag.getValue()::equals);
            case "priority" ->
                Arrays.stream(Priority.values()).map(Priority::text).anyMatch(tag.getValue()::equals);
            case "source" -> service.guard().pressure().sources().contains(tag.getValue());
            case "protocol" ->
                FirstBytes.PROTOCOLS.contains(tag.getValue()) || tag.getValue().equals(ConnectionChecks.CONFIGURED);
            case "cause" ->
                Stream.concat(
                                Arrays.stream(HandshakeFailure.values()).map(HandshakeFailure::text),
                                Arrays.stream(NetworkDrops.Counter.values()).map(NetworkDrops.Counter::text))
                        .anyMatch(tag.getValue()::equals);
            default -> false;
        };
    }
}
