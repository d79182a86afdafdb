package io.portguard.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.Attempts;
import io.portguard.Client;
import io.portguard.ClientKey;
import io.portguard.IpAddress;
import io.portguard.ManualClock;
import io.portguard.Rule;
import io.portguard.Verdict;
import io.portguard.connection.GuardedSocket;
import io.portguard.connection.Phase;
import io.portguard.pressure.PressureSource;
import io.portguard.pressure.Trigger;
import io.portguard.proc.Proc;
import io.portguard.rule.ScanWatch;
import io.portguard.standard.StandardGuard;
import io.portguard.standard.StandardGuardBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class GuardDoctorTest {

    private static final PressureSource FULL = new PressureSource() {
        @Override
        public String name() {
            return "disk";
        }

        @Override
        public double sample(long nowNanos) {
            return 1.5;
        }
    };

    private static StandardGuard guard(Map<String, String> settings, PressureSource... sources) {
        StandardGuardBuilder builder =
                StandardGuard.builder("server").configure(settings).tickInterval(Duration.ZERO);
        List.of(sources).forEach(builder::pressure);
        return builder.build();
    }

    private static List<String> found(StandardGuard guard) {
        return GuardDoctor.findings(guard, OptionalLong.of(1_000)).stream()
                .map(finding -> finding.id() + " " + finding.severity() + ": " + finding.seen())
                .toList();
    }

    @Test
    void ofAGuardThatIsAtRestThereIsNothingToSay() {
        try (StandardGuard guard = guard(Map.of("connections.max", "800"))) {
            assertThat(found(guard)).isEmpty();
        }
    }

    @Test
    void whatIsProbablyMissingInTheConfiguration() {
        try (StandardGuard guard = guard(Map.of("clients.identify-by", "header:X-Key", "connections.max", "800"))) {
            assertThat(found(guard))
                    .singleElement()
                    .asString()
                    .startsWith("guard-notice warning: ")
                    .contains("clients.trusted-proxies");
        }
    }

    @Test
    void aRuleThatMeansMoreThanWasMeant() {
        try (StandardGuard guard = guard(Map.of("access.deny", "127.0.0.0/8", "connections.max", "800"))) {
            assertThat(found(guard))
                    .singleElement()
                    .asString()
                    .startsWith("rule-lint warning: access.deny: 127.0.0.0/8");
        }
    }

    @Test
    void aGuardThatRefusesNothing() {
        try (StandardGuard guard = guard(Map.of("mode", "shadow", "connections.max", "800"))) {
            assertThat(found(guard)).containsExactly("guard-mode note: The guard refuses nothing: its mode is shadow.");
        }
    }

    @Test
    void moreConnectionsThanDescriptors() {
        try (StandardGuard guard = guard(Map.of("connections.max", "1001"))) {
            assertThat(found(guard))
                    .containsExactly("connection-limit warning: Up to 1001 connections are let in, and the process may"
                            + " have 1000 descriptors.");
        }
    }

    @Test
    void allPlacesTaken() {
        try (StandardGuard guard = guard(Map.of(
                "connections.max", "1", "requests.concurrency.algorithm", "fixed", "requests.concurrency.max", "1"))) {
            Client client = guard.guard().client(Attempts.key(1));
            guard.guard().tryAdmit(Attempts.request(client));
            guard.guard().tryAdmit(Attempts.connection(client));
            assertThat(found(guard))
                    .containsExactlyInAnyOrder(
                            "request-limit warning: All 1 places for requests are taken.",
                            "connection-limit warning: All 1 connections are taken.");
        }
    }

    @Test
    void loadThatIsShed() {
        try (StandardGuard guard = guard(Map.of("connections.max", "800"), FULL)) {
            while (guard.status().sheddingLevel() == 0) {
                guard.guard().tick();
            }
            assertThat(found(guard))
                    .singleElement()
                    .asString()
                    .startsWith("shedding warning: Load is being shed: level ")
                    .contains("disk 150 %");
        }
    }

    @Test
    void connectionsThatAreAnsweredByDegrees() {
        ManualClock clock = new ManualClock();
        try (StandardGuard guard = StandardGuard.builder("server")
                .configure(Map.of("connections.max", "800"))
                .clock(clock)
                .tickInterval(Duration.ZERO)
                .pressure(FULL, Trigger.stock(0.5, 0.9))
                .build()) {
            for (String seen : List.of(
                    "Accepting connections pauses for the moment.",
                    "New connections are closed as soon as they are accepted.",
                    "New connections are closed as soon as they are accepted, kept ones after their response.")) {
                for (int tick = 0; tick < 100 && !found(guard).contains("connection-stance warning: " + seen); tick++) {
                    clock.advanceMillis(50);
                    guard.guard().tick();
                }
                assertThat(found(guard)).contains("connection-stance warning: " + seen);
            }
        }
    }

    @Test
    void aRuleInShadowModeAndItsFalseAlarms() {
        try (StandardGuard guard =
                guard(Map.of("connections.max", "800", "shadow.rules", "client-rate", "clients.rate", "1"))) {
            Attempt attempt = Attempts.request(guard.guard().client(Attempts.key(1)));
            guard.guard().tryAdmit(attempt);
            guard.guard().tryAdmit(attempt);
            guard.answered(attempt, 200);
            guard.guard().tryAdmit(attempt);
            assertThat(found(guard))
                    .containsExactly("shadow-rule note: The rule \"client-rate\" is in shadow mode; it would have"
                            + " refused 2 connections and requests, 1 of them of 1 clients that had just been served"
                            + " well.");
        }
    }

    @Test
    void faultsBansAndTunings() {
        Rule failing = new Rule() {
            @Override
            public String name() {
                return "failing";
            }

            @Override
            public Verdict tryAcquire(Attempt attempt, long nowNanos) {
                throw new IllegalStateException("on purpose");
            }
        };
        try (StandardGuard guard = StandardGuard.builder("server")
                .configure(Map.of("connections.max", "800"))
                .tickInterval(Duration.ZERO)
                .requestRules(failing)
                .build()) {
            guard.guard().tryAdmit(Attempts.request(guard.guard().client(Attempts.key(1))));
            guard.ban(ClientKey.named("alice"), 100);
            guard.settings().tune("clients.rate", "5", 600);
            assertThat(found(guard))
                    .containsExactly(
                            "guard-faults warning: Something inside the guard failed 1 times; those attempts were let"
                                    + " through.",
                            "bans note: alice is banned for 100 s more.",
                            "tunings note: Tuned for a time: clients.rate to 5 for 600 s more.");
        }
    }

    @Test
    void whatTheGuardHasToTellIsToldHereToo() {
        try (StandardGuard guard = guard(Map.of("connections.max", "800", "clients.identify-by", "header:X-Key"))) {
            assertThat(guard.notices()).hasSize(1);
            assertThat(found(guard))
                    .containsExactly("guard-notice warning: " + guard.notices().get(0));
        }
    }

    @Test
    void whoScansPorts() {
        ManualClock clock = new ManualClock();
        ScanWatch watch = new ScanWatch();
        List<StandardGuard> guards = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) {
            guards.add(StandardGuard.builder(name)
                    .configure(Map.of("connections.max", "800"))
                    .clock(clock)
                    .tickInterval(Duration.ZERO)
                    .scans(watch)
                    .build());
        }
        guards.forEach(guard -> guard.guard().tick());
        IpAddress scanner = IpAddress.parse("192.0.2.1").orElseThrow();
        for (StandardGuard guard : guards) {
            guard.connections()
                    .add(guard.attempts().ofConnection(scanner).connection(), false, new SilentSocket(), Phase.HEADER)
                    .closed();
        }
        assertThat(found(guards.get(2)))
                .as("it may be a probe, which comes again")
                .isEmpty();
        clock.advance(Duration.ofSeconds(100));
        guards.forEach(guard -> guard.guard().tickSlowly());
        assertThat(found(guards.get(2))).containsExactly("scanners note: Ports were scanned by 192.0.2.1 (3 ports).");
        guards.forEach(StandardGuard::close);
    }

    private record SilentSocket() implements GuardedSocket {

        @Override
        public boolean awaitsBody() {
            return false;
        }

        @Override
        public long bytesRead() {
            return 0;
        }

        @Override
        public void close() {}
    }

    @Test
    void aGuardThatTrustsEverybody() {
        try (StandardGuard guard =
                guard(Map.of("connections.max", "800", "clients.trusted-proxies", "10.0.0.0/8, 0.0.0.0/0"))) {
            assertThat(found(guard)).singleElement().asString().startsWith("trusted-everybody warning: ");
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void thePortThatIsWatchedIsExaminedAndOthersAreUndeclared() throws IOException {
        try (StandardGuard guard = guard(Map.of());
                ServerSocket server = new ServerSocket(0, 9, InetAddress.getLoopbackAddress());
                ServerSocket management = new ServerSocket(0, 9, InetAddress.getLoopbackAddress());
                ServerSocket other = new ServerSocket(0, 9, InetAddress.getLoopbackAddress())) {
            guard.watchBacklog(server.getLocalPort(), 9);
            guard.declarePort(management.getLocalPort());
            Diagnosis diagnosis = GuardDoctor.diagnose(Doctor.ofThisSystem(Duration.ZERO), guard);
            assertThat(diagnosis.text())
                    .startsWith("Port " + server.getLocalPort() + " of process "
                            + ProcessHandle.current().pid() + ": ")
                    .containsPattern("accept\\s+queue\\s+0\\s+of\\s+9");
            assertThat(diagnosis.findings())
                    .filteredOn(finding -> finding.id().equals("undeclared-listener"))
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.seen())
                            .contains(":" + other.getLocalPort())
                            .doesNotContain(":" + management.getLocalPort()));
        }
    }

    @Test
    void whereTheKernelTellsNothingTheGuardStillDoes(@TempDir Path nothing) {
        Doctor blind = new Doctor(Proc.at(nothing), () -> {}, Map::of);
        try (StandardGuard guard = guard(Map.of("mode", "off"))) {
            Diagnosis diagnosis = GuardDoctor.diagnose(blind, guard);
            assertThat(diagnosis.text())
                    .startsWith("Process " + ProcessHandle.current().pid() + ": sound, 1 note.\n")
                    .contains("The guard refuses nothing: its mode is off.")
                    .contains("\nNot seen\n  - There is no process ");
            assertThat(diagnosis.json()).startsWith("{\"verdict\":\"sound\",");
        }
    }
}
