package io.portguard.standard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.portguard.Attempt;
import io.portguard.Decision;
import io.portguard.Guard;
import io.portguard.IpAddress;
import io.portguard.ManualClock;
import io.portguard.Mode;
import io.portguard.Outcome;
import io.portguard.Permit;
import io.portguard.Priority;
import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.Rule;
import io.portguard.Verdict;
import io.portguard.connection.GuardedSocket;
import io.portguard.connection.OpenConnection;
import io.portguard.connection.Phase;
import io.portguard.rule.ClientTable;
import io.portguard.rule.Room;
import io.portguard.rule.ShadowReport;
import io.portguard.rule.StandardRules;
import io.portguard.settings.InvalidSettingException;
import io.portguard.wire.Sight;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Rules that refuse nothing by themselves while all others do, and what they report. */
class ShadowRulesTest {

    private static final String GOOD = "192.0.2.1";
    private static final String STRANGER = "203.0.113.9";

    private final ManualClock clock = new ManualClock();

    private StandardGuard guard(String... settings) {
        return builder(settings).build();
    }

    private StandardGuardBuilder builder(String... settings) {
        Map<String, String> configured = new HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            configured.put(settings[i], settings[i + 1]);
        }
        return StandardGuard.builder("test").configure(configured).clock(clock).tickInterval(Duration.ZERO);
    }

    private static Attempt request(StandardGuard guard, String address) {
        IpAddress ip = IpAddress.parse(address).orElseThrow();
        return Attempt.request(guard.guard().client(guard.identity().key(ip)), ip, Priority.NORMAL);
    }

    private static Attempt connection(StandardGuard guard, String address) {
        IpAddress ip = IpAddress.parse(address).orElseThrow();
        return Attempt.connection(guard.guard().client(guard.identity().key(ip)), ip);
    }

    private static Decision serve(StandardGuard guard, String address, int status) {
        Attempt attempt = request(guard, address);
        Decision decision = guard.guard().tryAdmit(attempt);
        if (decision instanceof Permit permit) {
            guard.answered(attempt, status);
            permit.release(Outcome.SUCCESS);
        }
        return decision;
    }

    @Test
    void everyRuleOfAStandardGuardCanBeInShadowModeButDraining() {
        TreeSet<String> names = new TreeSet<>();
        StandardRules rules = new StandardRules(
                new ClientTable(10, clock),
                RuleSettings.limit(guard().settings().values()),
                1,
                Room.NONE,
                Room.NONE,
                clock);
        for (Rule[] chain : List.of(rules.forConnections(), rules.forHandshakes(), rules.forRequests(true))) {
            for (Rule rule : chain) {
                names.add(rule.name());
            }
        }
        names.remove(Reason.DRAINING.text());
        assertThat(new TreeSet<>(StandardRules.NAMES)).isEqualTo(names);
    }

    @Test
    void oneRuleOnlyCountsWhileTheOthersRefuse() {
        StandardGuard guard = guard("shadow.rules", "client-rate", "clients.rate", "1", "access.deny", STRANGER);
        for (int i = 0; i < 10; i++) {
            assertThat(serve(guard, GOOD, 200)).isInstanceOf(Permit.class);
        }
        assertThat(serve(guard, STRANGER, 200)).isInstanceOf(Rejection.class);
        assertThat(guard.guard().counts(Attempt.Kind.REQUEST).wouldReject(Reason.CLIENT_RATE))
                .isEqualTo(9);
        assertThat(guard.guard().counts(Attempt.Kind.REQUEST).rejected(Reason.DENIED))
                .isOne();
        assertThat(guard.status().activeRequests()).isZero();
    }

    @Test
    void theReportNamesTheGoodClientsThatWouldHaveBeenRefused() {
        StandardGuard guard = guard("shadow.rules", "access");
        serve(guard, GOOD, 200);
        serve(guard, STRANGER, 404);
        guard.settings().tune("access.deny", "192.0.2.0/24, 203.0.113.0/24", 60);
        for (int i = 0; i < 3; i++) {
            serve(guard, GOOD, 200);
            serve(guard, STRANGER, 404);
        }
        guard.guard().tryAdmit(connection(guard, GOOD));
        assertThat(guard.shadowReport())
                .containsExactly(
                        new ShadowReport.OfRule("access", 7, 4, List.of(new ShadowReport.GoodClient("192.0.2.1", 4))));
        clock.advance(Duration.ofMinutes(12));
        serve(guard, GOOD, 404);
        assertThat(guard.shadowReport().get(0).goodAttempts())
                .as("it was good too long ago")
                .isEqualTo(4);
    }

    @Test
    void aGuardInShadowModeReportsOnAllRules() {
        StandardGuard guard = guard("mode", "shadow", "access.deny", GOOD, "clients.rate", "1");
        for (int i = 0; i < 5; i++) {
            serve(guard, STRANGER, 204);
        }
        serve(guard, GOOD, 200);
        serve(guard, GOOD, 200);
        assertThat(guard.shadowReport())
                .extracting(
                        ShadowReport.OfRule::rule,
                        ShadowReport.OfRule::attempts,
                        rule -> rule.goodClients().size())
                .containsExactly(tuple("access", 2L, 1), tuple("client-rate", 4L, 1));
        guard.settings().tune("mode", "enforce", 0);
        assertThat(guard.shadowReport()).isEmpty();
    }

    @Test
    void ofARuleABoundedNumberOfClientsIsRemembered() {
        StandardGuard guard = guard("shadow.rules", "access", "access.deny", "10.0.0.0/8");
        for (int i = 0; i < 2_000; i++) {
            String address = "10.0." + i / 250 + "." + i % 250;
            serve(guard, address, 200);
            serve(guard, address, 200);
        }
        ShadowReport.OfRule report = guard.shadowReport().get(0);
        assertThat(report.attempts()).isEqualTo(4_000);
        assertThat(report.goodAttempts()).isEqualTo(2_000);
        assertThat(report.goodClients()).hasSize(ShadowReport.MAX_CLIENTS);
    }

    @Test
    void aRuleOfTheUsersCanBeInShadowModeToo() {
        Rule never = new Rule() {
            @Override
            public String name() {
                return "never";
            }

            @Override
            public Verdict tryAcquire(Attempt attempt, long nowNanos) {
                return Rejection.of(Reason.OVERLOAD);
            }
        };
        StandardGuard guard =
                builder("shadow.rules", "never").requestRules(never).build();
        assertThat(serve(guard, GOOD, 200)).isInstanceOf(Permit.class);
        guard.settings().tune("shadow.rules", "none", 0);
        assertThat(serve(guard, GOOD, 200)).isEqualTo(Rejection.of(Reason.OVERLOAD));
        guard.settings().revert();
        assertThat(serve(guard, GOOD, 200)).isInstanceOf(Permit.class);
    }

    @Test
    void aNameThatNoRuleHasIsRefusedWithThoseThereAre() {
        StandardGuard guard = guard();
        assertThatThrownBy(() -> guard.settings().tune("shadow.rules", "acess", 0))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("acess")
                .hasMessageContaining("access, banned, client-rate");
        assertThatThrownBy(() -> guard("shadow.rules", "draining")).isInstanceOf(InvalidSettingException.class);
    }

    @Test
    void aLimitOfConnectionsThatOnlyCountsEndsNobodyElsesConnection() {
        StandardGuard guard = guard("shadow.rules", "connections", "connections.max", "2");
        List<String> closed = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Attempt attempt = connection(guard, GOOD);
            Permit permit = (Permit) guard.guard().tryAdmit(attempt);
            OpenConnection opened = guard.connections().add(attempt, false, new Closing(closed, permit), Phase.IDLE);
            assertThat(opened.attempt()).isSameAs(attempt);
            clock.advanceSeconds(1);
            guard.guard().tick();
        }
        assertThat(guard.guard().tryAdmit(connection(guard, STRANGER))).isInstanceOf(Permit.class);
        assertThat(closed).isEmpty();
        assertThat(guard.guard().counts(Attempt.Kind.CONNECTION).wouldReject(Reason.CONNECTIONS))
                .isEqualTo(4);
    }

    @Test
    void signaturesInShadowModeReportGoodClientsAsWell() {
        StandardGuard guard = guard("connections.wrong-protocol", "shadow");
        serve(guard, GOOD, 200);
        Attempt connection = connection(guard, GOOD);
        Permit permit = (Permit) guard.guard().tryAdmit(connection);
        assertThat(guard.checks().refuses(connection, new Sight.Strange("ssh", Mode.SHADOW, false)))
                .isFalse();
        permit.release(Outcome.SUCCESS);
        assertThat(guard.shadowReport())
                .containsExactly(
                        new ShadowReport.OfRule("wrong-protocol", 1, 1, List.of(new ShadowReport.GoodClient(GOOD, 1))));
    }

    @Test
    void whatIsNotInShadowModeRemembersNothing() {
        StandardGuard guard = guard("clients.rate", "1");
        for (int i = 0; i < 10; i++) {
            serve(guard, GOOD, 200);
        }
        Guard inner = guard.guard();
        assertThat(inner.isShadowed("client-rate")).isFalse();
        assertThat(guard.shadowReport()).isEmpty();
        guard.settings().tune("shadow.rules", "client-rate", 0);
        serve(guard, GOOD, 200);
        assertThat(guard.shadowReport().get(0).goodAttempts()).isZero();
        assertThat(inner.isShadowed("client-rate")).isTrue();
    }

    private record Closing(List<String> closed, Permit permit) implements GuardedSocket {

        @Override
        public boolean awaitsBody() {
            return false;
        }

        @Override
        public long bytesRead() {
            return 0;
        }

        @Override
        public void close() {
            closed.add(permit.toString());
        }
    }
}
