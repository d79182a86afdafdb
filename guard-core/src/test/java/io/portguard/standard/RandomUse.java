package io.portguard.standard;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.Attempts;
import io.portguard.Client;
import io.portguard.Failure;
import io.portguard.IpAddress;
import io.portguard.ManualClock;
import io.portguard.Outcome;
import io.portguard.Permit;
import io.portguard.Priority;
import io.portguard.settings.InvalidSettingException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Does one thing or another to a guard: admits, releases, tunes, bans, lets time pass. For one thread at a time. */
final class RandomUse {

    private static final int CLIENTS = 300;

    private static final List<String> CHOICES = List.of(
            "mode enforce shadow off",
            "shadow.rules none connections concurrency,client-rate access,banned,stance,client-concurrency",
            "connections.max 1 5 50 1000",
            "connections.max-per-client unset 1 3 100",
            "connections.accept-rate unset 1 50 0.001 1e7",
            "connections.accept-burst unset 1 7 1000",
            "connections.accept-rate-per-client unset 1 50 0.001",
            "connections.accept-burst-per-client unset 1 7",
            "connections.request-timeout 1ms 10s 1d",
            "connections.tls-handshake-timeout 1ms 10s",
            "connections.idle-timeout 1ms 10s",
            "connections.min-data-rate 0 1000",
            "connections.max-tls-handshakes unset 1 7",
            "connections.server-names unset *.a.example=deny",
            "connections.wrong-protocol enforce shadow off",
            "connections.signatures unset x:bytes\"05\"",
            "requests.concurrency.algorithm adaptive fixed aimd vegas gradient",
            "requests.concurrency.initial 1 10 50",
            "requests.concurrency.min 1 4 20",
            "requests.concurrency.max 1 8 20 50 10000",
            "clients.rate unset 1 0.01 100 1e7",
            "clients.burst unset 1 20 1e7",
            "clients.max-concurrent unset 1 2 50",
            "clients.read-rate unset 1000 1e9",
            "clients.write-rate unset 1000",
            "clients.fair-share true false",
            "shedding.enabled true false",
            "shedding.target-delay 1ms 20ms 1m",
            "access.allow none 10.0.0.0/8 10.0.0.0/25,::/0",
            "access.deny none 10.0.0.16/28 2001:db8::/32",
            "penalties.slow-at unset 5 20",
            "penalties.ban-at unset 30 100",
            "penalties.forgiven 1 10 1000",
            "penalties.slow-rate 1 0.01 100",
            "penalties.ban-time 1s 1m",
            "penalties.weights 404=5,decoy=20 404=1");

    private static final List<Outcome> OUTCOMES = List.of(Outcome.values());
    private static final List<Failure> FAILURES = List.of(Failure.values());
    private static final List<Priority> PRIORITIES = List.of(Priority.values());

    private final StandardGuard guard;
    private final ManualClock clock;
    private final SplittableRandom random;
    final List<Permit> out = new ArrayList<>();
    final List<Client> clients = new ArrayList<>();
    boolean ticks = true;

    RandomUse(StandardGuard guard, ManualClock clock, SplittableRandom random) {
        this.guard = guard;
        this.clock = clock;
        this.random = random;
    }

    void step() {
        switch (random.nextInt(21)) {
            case 0, 1 -> tune();
            case 2 -> {
                if (random.nextInt(10) == 0) {
                    guard.settings().revert();
                }
            }
            case 3 -> guard.ban(Attempts.key(random.nextInt(CLIENTS)), 1 + random.nextInt(5));
            case 4 -> guard.unban(Attempts.key(random.nextInt(CLIENTS)));
            case 5 -> guard.queueDelay().record(random.nextLong(200_000_000));
            case 6 -> {
                if (ticks) {
                    clock.advanceMillis(random.nextInt(100) == 0 ? 700_000 : random.nextInt(120));
                    guard.guard().tick();
                }
            }
            case 7 -> fail();
            case 8, 9, 10, 11, 12, 13 -> release();
            default -> admit();
        }
    }

    void releaseAll() {
        out.forEach(permit -> permit.release(Outcome.SUCCESS));
        out.clear();
    }

    private void tune() {
        String[] choice = CHOICES.get(random.nextInt(CHOICES.size())).split(" ", -1);
        String value = choice[1 + random.nextInt(choice.length - 1)];
        try {
            guard.settings().tune(choice[0], value, random.nextBoolean() ? 0 : 1 + random.nextInt(3));
        } catch (InvalidSettingException contradicting) {
            assertThat(contradicting.getMessage()).containsAnyOf("only together with", "<");
        }
    }

    private void admit() {
        Client client;
        if (clients.isEmpty() || random.nextInt(3) == 0) {
            int number = random.nextInt(CLIENTS);
            client = guard.guard().client(Attempts.key(number));
            clients.add(client);
        } else {
            // One kept on a connection, perhaps evicted meanwhile.
            client = clients.get(random.nextInt(clients.size()));
        }
        IpAddress address = IpAddress.ofIpv4(0x0a00_0000 + random.nextInt(CLIENTS));
        Attempt attempt = random.nextInt(3) == 0
                ? Attempt.connection(client, address)
                : Attempt.request(client, address, PRIORITIES.get(random.nextInt(PRIORITIES.size())));
        if (random.nextInt(20) == 0) {
            attempt = attempt.exempted();
        }
        if (guard.guard().tryAdmit(attempt) instanceof Permit permit) {
            out.add(permit);
        } else {
            assertThat(attempt.exempt()).isFalse();
        }
    }

    private void fail() {
        if (!out.isEmpty()) {
            Attempt attempt = out.get(random.nextInt(out.size())).attempt();
            guard.failed(attempt, FAILURES.get(random.nextInt(FAILURES.size())));
            guard.answered(attempt, 200 + random.nextInt(400));
        }
    }

    private void release() {
        if (out.isEmpty()) {
            return;
        }
        Permit permit = out.remove(random.nextInt(out.size()));
        Outcome outcome = OUTCOMES.get(random.nextInt(OUTCOMES.size()));
        boolean first = permit.release(outcome);
        assertThat(permit.isReleased()).isTrue();
        if (random.nextInt(3) == 0) {
            assertThat(permit.release(Outcome.SUCCESS)).isFalse();
        }
        assertThat(first || !ticks).isTrue();
    }
}
