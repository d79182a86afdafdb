package io.portguard.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portguard.Attempt;
import io.portguard.Attempts;
import io.portguard.ClientKey;
import io.portguard.IpAddress;
import io.portguard.ManualClock;
import io.portguard.Priority;
import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.Verdict;
import io.portguard.client.AddressRange;
import io.portguard.client.AddressRanges;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRulesTest {

    private final ManualClock clock = new ManualClock();
    private final AccessRule access = new AccessRule();
    private final BanRule bans = new BanRule(clock, new Spared());

    private static AddressRanges ranges(String... texts) {
        return new AddressRanges(Arrays.stream(texts)
                .map(text -> AddressRange.parse(text).orElseThrow())
                .toList());
    }

    private static Attempt from(String address) {
        IpAddress ip = IpAddress.parse(address).orElseThrow();
        ClientKey key = ClientKey.of(ip);
        return Attempt.request(() -> key, ip, Priority.NORMAL);
    }

    private boolean letsIn(String address) {
        return access.tryAcquire(from(address), clock.nanoTime()) == Verdict.pass();
    }

    @Test
    void withoutListsItIsNotAsked() {
        assertThat(access.active()).isFalse();
        assertThat(letsIn("10.0.0.1")).isTrue();
    }

    @Test
    void aDeniedAddressIsNeverLetIn() {
        access.lists(ranges("10.0.0.0/8"), ranges("10.1.0.0/16", "2001:db8::/32"));
        assertThat(access.active()).isTrue();
        assertThat(letsIn("10.2.3.4")).isTrue();
        assertThat(letsIn("10.1.3.4")).isFalse();
        assertThat(letsIn("2001:db8::1")).isFalse();
        assertThat(access.tryAcquire(from("10.1.3.4"), clock.nanoTime())).isEqualTo(Rejection.of(Reason.DENIED, 60));
    }

    @Test
    void withAnAllowListEverybodyElseIsRefused() {
        access.lists(ranges("10.0.0.0/8"), AddressRanges.NONE);
        assertThat(letsIn("10.2.3.4")).isTrue();
        assertThat(letsIn("11.2.3.4")).isFalse();
        assertThat(letsIn("::1")).isFalse();
        assertThat(letsIn("::ffff:10.2.3.4")).isTrue();
    }

    @Test
    void whatHasNoAddressIsLetIn() {
        access.lists(ranges("10.0.0.0/8"), AddressRanges.NONE);
        Attempt unix = Attempts.connection(() -> Attempts.key(1));
        assertThat(access.tryAcquire(unix, clock.nanoTime())).isEqualTo(Verdict.pass());
    }

    @Test
    void aBanEndsByItself() {
        assertThat(bans.active()).isFalse();
        bans.ban(ClientKey.of(IpAddress.parse("10.0.0.1").orElseThrow()), 5);
        assertThat(bans.active()).isTrue();
        assertThat(bans.tryAcquire(from("10.0.0.1"), clock.nanoTime())).isEqualTo(Rejection.of(Reason.BANNED, 5));
        assertThat(bans.tryAcquire(from("10.0.0.2"), clock.nanoTime())).isEqualTo(Verdict.pass());
        clock.advanceMillis(4_001);
        assertThat(bans.tryAcquire(from("10.0.0.1"), clock.nanoTime())).isEqualTo(Rejection.of(Reason.BANNED, 1));
        assertThat(bans.bans()).isEqualTo(Map.of("10.0.0.1", 1L));
        clock.advanceMillis(999);
        assertThat(bans.tryAcquire(from("10.0.0.1"), clock.nanoTime())).isEqualTo(Verdict.pass());
        bans.tick(clock.nanoTime());
        assertThat(bans.active()).isFalse();
    }

    @Test
    void aBanIsEndedByHandOnce() {
        bans.ban(Attempts.key(1), 100);
        assertThat(bans.unban(Attempts.key(1))).isTrue();
        assertThat(bans.unban(Attempts.key(1))).isFalse();
        assertThat(bans.active()).isFalse();
    }

    @Test
    void aSecondBanReplacesTheFirst() {
        bans.ban(Attempts.key(1), 100);
        bans.ban(Attempts.key(1), 2);
        assertThat(bans.bans()).isEqualTo(Map.of("10.0.0.1", 2L));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE, 31_622_401, Long.MAX_VALUE})
    void aTimeOutsideOfItsRangeIsRefused(long seconds) {
        assertThatThrownBy(() -> bans.ban(Attempts.key(1), seconds))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("seconds: " + seconds + " (expected: a whole number from 1 to 31622400)");
        assertThat(bans.active()).isFalse();
    }

    @Test
    void thereIsABoundOnBansAndOneWhoIsBannedCanBeBannedForLonger() {
        for (int i = 0; i < BanRule.MAX_BANS; i++) {
            bans.ban(Attempts.key(i), 100);
        }
        assertThatThrownBy(() -> bans.ban(ClientKey.named("one more"), 1))
                .hasMessage("client: one more (expected: fewer than 100000 bans at a time)");
        bans.ban(Attempts.key(7), 200);
        assertThat(bans.tryAcquire(from("10.0.0.7"), clock.nanoTime())).isEqualTo(Rejection.of(Reason.BANNED, 60));
    }

    @Test
    void aDrainRefusesEverybodyUntilItIsTakenBack() {
        DrainRule drain = new DrainRule();
        assertThat(drain.active()).isFalse();
        drain.draining(true);
        assertThat(drain.active()).isTrue();
        assertThat(drain.tryAcquire(from("10.0.0.1"), 0)).isEqualTo(Rejection.of(Reason.DRAINING));
        drain.draining(false);
        assertThat(drain.tryAcquire(from("10.0.0.1"), 0)).isEqualTo(Verdict.pass());
    }
}
