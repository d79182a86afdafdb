package io.portguard.standard;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.Attempts;
import io.portguard.Client;
import io.portguard.IpAddress;
import io.portguard.ManualClock;
import io.portguard.Outcome;
import io.portguard.Permit;
import io.portguard.Priority;
import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.audit.TrailCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StandardGuardTest {

    private final ManualClock clock = new ManualClock();

    private StandardGuard guard(Map<String, String> settings) {
        return StandardGuard.builder("test")
                .configure(settings)
                .clock(clock)
                .tickInterval(Duration.ZERO)
                .build();
    }

    @Test
    void aTuningForATimeIsAppliedAndTakenBackByTheTick() {
        StandardGuard guard = guard(Map.of());
        Client client = guard.guard().client(Attempts.key(1));
        guard.settings().tune("connections.max", "1", 10);
        Permit only = (Permit) guard.guard().tryAdmit(Attempts.connection(client));
        assertThat(guard.guard().tryAdmit(Attempts.connection(client))).isEqualTo(Rejection.of(Reason.CONNECTIONS));
        clock.advanceSeconds(10);
        guard.guard().tick();
        assertThat(guard.guard().tryAdmit(Attempts.connection(client))).isInstanceOf(Permit.class);
        assertThat(only.release(Outcome.SUCCESS)).isTrue();
    }

    @Test
    void aBanHoldsFromTheNextDecisionOn() {
        StandardGuard guard = guard(Map.of());
        Client client = guard.guard().client(Attempts.key(1));
        guard.ban(client.key(), 10);
        assertThat(guard.guard().tryAdmit(Attempts.request(client))).isEqualTo(Rejection.of(Reason.BANNED, 10));
        assertThat(guard.guard().tryAdmit(Attempts.connection(client))).isEqualTo(Rejection.of(Reason.BANNED, 10));
        assertThat(guard.unban(client.key())).isTrue();
        assertThat(guard.guard().tryAdmit(Attempts.request(client))).isInstanceOf(Permit.class);
    }

    @Test
    void aDrainRefusesAllButWhatIsExempt() {
        StandardGuard guard = guard(Map.of());
        Client client = guard.guard().client(Attempts.key(1));
        Permit before = (Permit) guard.guard().tryAdmit(Attempts.request(client));
        guard.drain();
        assertThat(guard.guard().tryAdmit(Attempts.request(client, Priority.CRITICAL)))
                .isEqualTo(Rejection.of(Reason.DRAINING));
        assertThat(guard.guard().tryAdmit(Attempts.request(client).exempted())).isInstanceOf(Permit.class);
        assertThat(before.release(Outcome.SUCCESS)).isTrue();
    }

    @Test
    void withNothingConfiguredAServiceThatKeepsUpIsRefusedNothing() {
        StandardGuard guard = guard(Map.of());
        SplittableRandom random = new SplittableRandom(5);
        List<Permit> out = new ArrayList<>();
        for (int step = 0; step < 50_000; step++) {
            Client client = guard.guard().client(Attempts.key(random.nextInt(200)));
            assertThat(guard.guard().tryAdmit(Attempts.request(client))).isInstanceOfSatisfying(Permit.class, out::add);
            clock.advanceNanos(1_250_000);
            if (out.size() > 8) {
                out.remove(random.nextInt(out.size())).release(Outcome.SUCCESS);
            }
            if (step % 40 == 0) {
                guard.guard().tick();
            }
        }
        out.forEach(permit -> permit.release(Outcome.SUCCESS));
        assertThat(guard.status().rejectedRequests()).isZero();
        assertThat(guard.status().activeRequests()).isZero();
    }

    @Test
    void whatIsRefusedAndChangedIsInTheAuditTrail(@TempDir Path folder) throws IOException {
        StandardGuard guard = guard(Map.of("audit.folder", folder.toString(), "penalties.ban-at", "1"));
        Client client = guard.guard().client(Attempts.key(1));
        Attempt attempt = Attempt.request(client, IpAddress.parseOrNull("10.0.0.1"), Priority.NORMAL);
        guard.settings().tune("clients.rate", "50", 1, "alice");
        guard.answered(attempt, 404);
        guard.guard().tick();
        guard.guard().tryAdmit(attempt);
        guard.unban(client.key(), "bob");
        clock.advanceSeconds(2);
        guard.guard().tick();
        guard.settings().tune("clients.rate", "60", 0);
        guard.settings().revert("carol");
        guard.guard().tickSlowly();
        guard.close();
        TrailCheck check = TrailCheck.of(folder, "test");
        assertThat(check.isSound()).isTrue();
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                lines.addAll(Files.readAllLines(file));
            }
        }
        assertThat(lines).hasSize(8);
        assertThat(lines.get(1)).contains("alice", "\"clients.rate\"", "\"unset\"", "\"50\"", "until");
        assertThat(lines.get(2)).contains("client-banned", "penalties");
        assertThat(lines.get(3)).contains("\"refused\"", "\"banned\"", "10.0.0.1");
        assertThat(lines.get(4)).contains("client-unbanned", "bob");
        assertThat(lines.get(5)).contains("\"time\"", "\"portguard.to\":\"unset\"");
        assertThat(lines.get(6)).contains("\"program\"", "\"portguard.to\":\"60\"");
        assertThat(lines.get(7)).contains("carol", "\"portguard.from\":\"60\"");
        assertThat(guard.notices()).isEmpty();
    }

    @Test
    void theAddressesOfOnePrefixShareWhatOneClientMayHave() {
        StandardGuard guard = guard(Map.of("clients.max-concurrent", "3", "clients.rate", "5", "clients.burst", "5"));
        List<Permit> permits = new ArrayList<>();
        int rejected = 0;
        for (int i = 0; i < 1_000; i++) {
            IpAddress address = IpAddress.of(0x2001_0db8_0000_0001L, i * 0x9e37_79b9_7f4a_7c15L);
            Client client = guard.guard().client(guard.identity().key(address));
            if (guard.guard().tryAdmit(Attempt.request(client, address, Priority.NORMAL)) instanceof Permit permit) {
                permits.add(permit);
            } else {
                rejected++;
            }
        }
        assertThat(permits).hasSize(3);
        assertThat(rejected).isEqualTo(997);
        IpAddress next = IpAddress.of(0x2001_0db8_0000_0002L, 1);
        Client neighbour = guard.guard().client(guard.identity().key(next));
        assertThat(guard.guard().tryAdmit(Attempt.request(neighbour, next, Priority.NORMAL)))
                .isInstanceOf(Permit.class);
        permits.forEach(permit -> permit.release(Outcome.SUCCESS));
    }
}
