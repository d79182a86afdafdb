package io.portguard.standard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portguard.Attempt;
import io.portguard.Client;
import io.portguard.ClientKey;
import io.portguard.Failure;
import io.portguard.IpAddress;
import io.portguard.ManualClock;
import io.portguard.Outcome;
import io.portguard.Permit;
import io.portguard.Priority;
import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.rule.BanRule;
import io.portguard.settings.InvalidSettingException;
import io.portguard.wire.HandshakeFailure;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PenaltiesTest {

    private static final String CLIENT = "192.0.2.1";

    private final ManualClock clock = new ManualClock();

    private StandardGuard guard(String... settings) {
        Map<String, String> configuration = new TreeMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            configuration.put(settings[i], settings[i + 1]);
        }
        return StandardGuard.builder("test")
                .configure(configuration)
                .clock(clock)
                .tickInterval(Duration.ZERO)
                .build();
    }

    private static Attempt request(StandardGuard guard, String address) {
        IpAddress from = IpAddress.parse(address).orElseThrow();
        return Attempt.request(guard.guard().client(guard.identity().key(from)), from, Priority.NORMAL);
    }

    private static Attempt connection(StandardGuard guard, String address) {
        Attempt request = request(guard, address);
        return Attempt.connection(request.client(), request.address());
    }

    /** Whether it is admitted; if so, it ends at once. */
    private static boolean passes(StandardGuard guard, Attempt attempt) {
        guard.guard().tick();
        return guard.guard().tryAdmit(attempt) instanceof Permit permit && permit.release(Outcome.SUCCESS);
    }

    private static void fail(StandardGuard guard, String address, int times) {
        for (int i = 0; i < times; i++) {
            guard.answered(request(guard, address), 404);
        }
    }

    @Test
    void withNothingConfiguredNothingComesOfFailures() {
        StandardGuard guard = guard();
        for (int i = 0; i < 10_000; i++) {
            guard.answered(request(guard, CLIENT), 404);
            guard.failed(connection(guard, CLIENT), Failure.PROTOCOL_ABUSE);
        }
        assertThat(passes(guard, request(guard, CLIENT))).isTrue();
        assertThat(passes(guard, connection(guard, CLIENT))).isTrue();
        assertThat(guard.bans()).isEmpty();
        assertThat(guard.penalties().failures(Failure.PROTOCOL_ABUSE)).isEqualTo(10_000);
    }

    @Test
    void aClientAboveTheThresholdIsBannedForATimeThatDoubles() {
        StandardGuard guard = guard("penalties.ban-at", "20", "penalties.forgiven", "1");
        fail(guard, CLIENT, 19);
        assertThat(passes(guard, request(guard, CLIENT))).isTrue();
        long minutes = 1;
        for (int ban = 1; ban <= 5; ban++) {
            // What a minute forgives is added again.
            fail(guard, CLIENT, ban == 1 ? 1 : (int) minutes + 1);
            assertThat(passes(guard, request(guard, CLIENT))).isFalse();
            assertThat(passes(guard, connection(guard, CLIENT))).isFalse();
            assertThat(guard.bans()).isEqualTo(Map.of(CLIENT, minutes * 60));
            assertThat(guard.guard().tryAdmit(request(guard, CLIENT)))
                    .isEqualTo(Rejection.of(Reason.BANNED, minutes * 60));
            clock.advance(Duration.ofMinutes(minutes));
            assertThat(passes(guard, request(guard, CLIENT))).isTrue();
            assertThat(guard.bans()).isEmpty();
            minutes *= 2;
        }
        assertThat(passes(guard, request(guard, "192.0.2.2"))).isTrue();
    }

    @Test
    void aBanIsNeverLongerThanADayAndForgottenWhenItHasBeenOverForAsLong() {
        StandardGuard guard = guard("penalties.ban-at", "10", "penalties.forgiven", "1000");
        for (int ban = 0; ban < 14; ban++) {
            fail(guard, CLIENT, 20);
            clock.advanceSeconds(guard.bans().get(CLIENT));
        }
        fail(guard, CLIENT, 20);
        long day = Duration.ofDays(1).toSeconds();
        assertThat(guard.bans()).isEqualTo(Map.of(CLIENT, day));
        clock.advanceSeconds(2 * day);
        guard.guard().tick();
        fail(guard, CLIENT, 20);
        assertThat(guard.bans()).isEqualTo(Map.of(CLIENT, 60L));
    }

    @Test
    void failuresWhileAClientIsBannedDoNotMakeTheBanLonger() {
        StandardGuard guard = guard("penalties.ban-at", "20");
        fail(guard, CLIENT, 100);
        assertThat(guard.bans()).isEqualTo(Map.of(CLIENT, 60L));
    }

    @Test
    void pointsAreForgivenWithTime() {
        StandardGuard guard = guard("penalties.ban-at", "20", "penalties.forgiven", "10");
        Client client = request(guard, CLIENT).client();
        for (int minute = 0; minute < 500; minute++) {
            fail(guard, CLIENT, 10);
            assertThat(guard.penalties().points(client)).isEqualTo(10);
            clock.advance(Duration.ofMinutes(1));
        }
        assertThat(guard.bans()).isEmpty();
        clock.advanceSeconds(1);
        assertThat(guard.penalties().points(client)).isZero();
        assertThat(passes(guard, request(guard, CLIENT))).isTrue();
    }

    @Test
    void aClientThatIsSlowedDownGetsALowerRateUntilItIsForgiven() {
        StandardGuard guard = guard("penalties.slow-at", "10", "penalties.slow-rate", "2", "clients.rate", "1000");
        fail(guard, CLIENT, 11);
        for (int second = 0; second < 5; second++) {
            int admitted = 0;
            for (int i = 0; i < 50; i++) {
                admitted += passes(guard, request(guard, CLIENT)) ? 1 : 0;
            }
            assertThat(admitted).isEqualTo(2);
            assertThat(guard.guard().tryAdmit(request(guard, CLIENT))).isEqualTo(Rejection.of(Reason.CLIENT_RATE, 1));
            clock.advanceSeconds(1);
        }
        clock.advance(Duration.ofMinutes(1));
        int admitted = 0;
        for (int i = 0; i < 50; i++) {
            admitted += passes(guard, request(guard, CLIENT)) ? 1 : 0;
        }
        assertThat(admitted).isEqualTo(50);
    }

    @Test
    void connectionsAreSlowedDownTooWithNoRateConfigured() {
        StandardGuard guard = guard("penalties.slow-at", "10");
        for (int i = 0; i < 5; i++) {
            assertThat(passes(guard, connection(guard, CLIENT))).isTrue();
            guard.failed(connection(guard, CLIENT), Failure.SILENT_CONNECTION);
        }
        assertThat(passes(guard, connection(guard, CLIENT))).isTrue();
        assertThat(passes(guard, connection(guard, CLIENT))).isFalse();
        assertThat(guard.guard().tryAdmit(connection(guard, CLIENT)))
                .isEqualTo(Rejection.of(Reason.CLIENT_ACCEPT_RATE, 1));
    }

    @Test
    void whoIsAllowedATrustedProxyAProbeAndASocketWithoutAddressAreNeverPunished() {
        StandardGuard guard = guard(
                "penalties.slow-at",
                "1",
                "penalties.ban-at",
                "2",
                "clients.trusted-proxies",
                "10.0.0.0/8",
                "access.allow",
                "192.0.2.0/24, 10.0.0.0/8");
        Attempt unix = Attempt.request(guard.guard().client(guard.identity().key(null)), null, Priority.NORMAL);
        for (int i = 0; i < 100; i++) {
            guard.failed(connection(guard, "10.0.0.1"), Failure.TLS_HANDSHAKE);
            guard.answered(request(guard, CLIENT), 401);
            guard.answered(request(guard, "198.51.100.1").exempted(), 404);
            guard.answered(unix, 404);
        }
        assertThat(guard.bans()).isEmpty();
        assertThat(passes(guard, request(guard, CLIENT))).isTrue();
        assertThat(passes(guard, connection(guard, "10.0.0.1"))).isTrue();
    }

    @Test
    void aBannedNetworkDoesNotTakeATrustedProxyInItAlong() {
        StandardGuard guard =
                guard("penalties.ban-at", "2", "clients.ipv4-prefix", "24", "clients.trusted-proxies", "192.0.2.250");
        fail(guard, CLIENT, 10);
        assertThat(passes(guard, connection(guard, "192.0.2.7"))).isFalse();
        assertThat(passes(guard, connection(guard, "192.0.2.250"))).isTrue();
        guard.ban(guard.identity().key(IpAddress.parse(CLIENT).orElseThrow()), 10);
        assertThat(passes(guard, connection(guard, "192.0.2.250")))
                .as("what an operator bans is banned")
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "200, 0", "304, 0", "399, 0", "404, 1", "401, 2", "429, 0", "499, 0", "500, 0", "503, 0", "0, 0", "-1, 0",
        "999, 0"
    })
    void onlyWhatIsConfiguredCosts(int status, int points) {
        StandardGuard guard = guard("penalties.ban-at", "100");
        Attempt attempt = request(guard, CLIENT);
        guard.answered(attempt, status);
        assertThat(guard.penalties().points(attempt.client())).isEqualTo(points);
    }

    @Test
    void aSeriesOf401CountsTwiceAsMuchAsAFloodOf404() {
        StandardGuard guard = guard("penalties.ban-at", "20");
        for (int i = 0; i < 9; i++) {
            guard.answered(request(guard, CLIENT), 401);
            guard.answered(request(guard, "192.0.2.2"), 404);
        }
        assertThat(guard.bans()).isEmpty();
        guard.answered(request(guard, CLIENT), 401);
        guard.answered(request(guard, "192.0.2.2"), 404);
        assertThat(guard.bans()).containsOnlyKeys(CLIENT);
    }

    @ParameterizedTest
    @EnumSource(HandshakeFailure.class)
    void ofHandshakesThatFailTheClientsOwnCount(HandshakeFailure cause) {
        StandardGuard guard = guard("penalties.ban-at", "20");
        for (int i = 0; i < 10; i++) {
            guard.checks().failed(connection(guard, CLIENT), cause);
        }
        boolean clientsOwn = switch (cause) {
            case NO_SHARED_CIPHER, PROTOCOL_VERSION, BAD_CLIENT_CERTIFICATE, MALFORMED_HELLO, TIMEOUT -> true;
            default -> false;
        };
        assertThat(guard.bans().containsKey(CLIENT)).isEqualTo(clientsOwn);
    }

    @Test
    void timeoutsCount() {
        StandardGuard guard = guard("penalties.ban-at", "20");
        for (int i = 0; i < 10; i++) {
            assertThat(guard.bans()).isEmpty();
            guard.failed(connection(guard, CLIENT), Failure.TIMEOUT);
        }
        assertThat(guard.bans()).containsOnlyKeys(CLIENT);
    }

    @Test
    void howeverManyFailMemoryIsBounded() {
        StandardGuard guard = guard("penalties.ban-at", "2", "clients.max-tracked", "1000");
        for (int i = 0; i < 150_000; i++) {
            guard.answered(request(guard, "10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255)), 401);
        }
        assertThat(guard.bans()).hasSize(BanRule.MAX_BANS);
        guard.guard().tick();
        assertThat(guard.status().trackedClients()).isLessThanOrEqualTo(1_000);
    }

    @Test
    void weightsReplaceTheDefaults() {
        StandardGuard guard = guard("penalties.ban-at", "100", "penalties.weights", "418=7, Decoy = 3");
        Attempt attempt = request(guard, CLIENT);
        guard.answered(attempt, 404);
        guard.failed(attempt, Failure.TLS_HANDSHAKE);
        assertThat(guard.penalties().points(attempt.client())).isZero();
        guard.answered(attempt, 418);
        guard.failed(attempt, Failure.DECOY);
        assertThat(guard.penalties().points(attempt.client())).isEqualTo(10);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "404",
                "404=",
                "404=-1",
                "404=1001",
                "500=1",
                "399=1",
                "=1",
                "x=1",
                "404=1.5",
                "40004=1",
                "404==1"
            })
    void aWrongWeightIsRefused(String weight) {
        assertThatThrownBy(() -> guard("penalties.weights", weight))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("FAILURE=POINTS or STATUS=POINTS");
    }

    @Test
    void slowingComesBeforeBanning() {
        assertThatThrownBy(() -> guard("penalties.slow-at", "20", "penalties.ban-at", "20"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("penalties.slow-at < penalties.ban-at");
    }

    @Test
    void inShadowModeItIsCountedAndNobodyIsRefused() {
        StandardGuard guard = guard("penalties.ban-at", "20", "mode", "shadow");
        fail(guard, CLIENT, 30);
        assertThat(passes(guard, request(guard, CLIENT))).isTrue();
        assertThat(guard.guard().counts(Attempt.Kind.REQUEST).wouldReject(Reason.BANNED))
                .isEqualTo(1);
    }

    @Test
    void unbanningForgives() {
        StandardGuard guard = guard("penalties.ban-at", "20");
        fail(guard, CLIENT, 30);
        ClientKey key = request(guard, CLIENT).client().key();
        assertThat(guard.unban(key)).isTrue();
        assertThat(guard.unban(key)).isFalse();
        fail(guard, CLIENT, 19);
        assertThat(guard.bans()).isEmpty();
    }

    @Test
    void aFloodOfAddressesDoesNotForgiveWhoFailed() {
        StandardGuard guard = guard("penalties.ban-at", "50", "clients.max-tracked", "100");
        fail(guard, CLIENT, 49);
        for (int i = 0; i < 100_000; i++) {
            request(guard, "2001:db8:" + Integer.toHexString(i >> 16) + ":" + Integer.toHexString(i & 0xffff) + "::1");
        }
        fail(guard, CLIENT, 1);
        assertThat(guard.bans()).containsOnlyKeys(CLIENT);
    }
}
