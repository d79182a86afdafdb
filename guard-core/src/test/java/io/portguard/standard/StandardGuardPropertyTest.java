package io.portguard.standard;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.Attempts;
import io.portguard.CapturedLog;
import io.portguard.Client;
import io.portguard.ClientKey;
import io.portguard.GuardSnapshot;
import io.portguard.IpAddress;
import io.portguard.ManualClock;
import io.portguard.Outcome;
import io.portguard.Permit;
import io.portguard.Priority;
import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.rule.ClientUsage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever order of admitting, releasing, tuning, banning, evicting and ticking: once all is released nothing is
 * held, nothing was ever below zero, and what was refused has cost nothing.
 */
class StandardGuardPropertyTest {

    private static final int STEPS = 2_500;

    private final ManualClock clock = new ManualClock();
    private final CapturedLog log = new CapturedLog();

    @AfterEach
    void restoreTheLog() {
        log.close();
    }

    private StandardGuard guard(Map<String, String> settings) {
        return StandardGuard.builder("test")
                .configure(settings)
                .clock(clock)
                .tickInterval(Duration.ZERO)
                .build();
    }

    static LongStream seeds() {
        return LongStream.rangeClosed(1_000, 1_015);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whateverHappensAllIsGivenBackInTheEnd(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        StandardGuard guard = guard(Map.of(
                "clients.max-tracked", "20", "requests.concurrency.initial", "30", "requests.concurrency.max", "100"));
        RandomUse use = new RandomUse(guard, clock, random);
        for (int step = 0; step < STEPS; step++) {
            use.step();
            if (step % 10 == 0) {
                assertNothingIsNegative(guard, seed);
                assertThat(guard.status().activeRequests() + guard.status().activeConnections())
                        .as("seed %d, step %d", seed, step)
                        .isEqualTo(use.out.size());
            }
        }
        use.releaseAll();
        assertNothingIsHeld(guard, use.clients, seed);
        assertThat(guard.guard().faults()).as("seed %d", seed).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {2_001, 2_002, 2_003})
    void severalThreadsAtOnceGiveAllBackToo(long seed) throws Exception {
        StandardGuard guard = guard(Map.of("clients.max-tracked", "20", "requests.concurrency.initial", "30"));
        ExecutorService threads = Executors.newFixedThreadPool(4);
        ConcurrentLinkedQueue<Permit> passedOn = new ConcurrentLinkedQueue<>();
        ConcurrentLinkedQueue<Client> seen = new ConcurrentLinkedQueue<>();
        AtomicBoolean ticking = new AtomicBoolean(true);
        CountDownLatch start = new CountDownLatch(1);
        try {
            List<Future<?>> workers = new ArrayList<>();
            for (int worker = 0; worker < 3; worker++) {
                SplittableRandom random = new SplittableRandom(seed * 31 + worker);
                workers.add(threads.submit(() -> {
                    start.await();
                    RandomUse use = new RandomUse(guard, clock, random);
                    use.ticks = false;
                    for (int step = 0; step < STEPS; step++) {
                        use.step();
                        // A permit may be released by another thread, and by two at once.
                        if (!use.out.isEmpty() && random.nextInt(4) == 0) {
                            passedOn.add(use.out.get(random.nextInt(use.out.size())));
                        }
                        Permit others = passedOn.poll();
                        if (others != null) {
                            others.release(Outcome.SUCCESS);
                        }
                    }
                    use.releaseAll();
                    seen.addAll(use.clients);
                    return null;
                }));
            }
            Future<?> housekeeper = threads.submit(() -> {
                while (ticking.get()) {
                    clock.advanceMillis(10);
                    guard.guard().tick();
                    assertNothingIsNegative(guard, seed);
                }
            });
            start.countDown();
            for (Future<?> worker : workers) {
                worker.get();
            }
            ticking.set(false);
            housekeeper.get();
        } finally {
            threads.shutdownNow();
        }
        passedOn.forEach(permit -> permit.release(Outcome.SUCCESS));
        assertNothingIsHeld(guard, List.copyOf(seen), seed);
        assertThat(guard.guard().faults()).isZero();
    }

    private static void assertNothingIsNegative(StandardGuard guard, long seed) {
        GuardSnapshot status = guard.status();
        assertThat(status.activeRequests()).as("seed %d", seed).isNotNegative();
        assertThat(status.activeConnections()).as("seed %d", seed).isNotNegative();
        assertThat(status.requestLimit()).as("seed %d", seed).isPositive();
        assertThat(status.sheddingLevel()).as("seed %d", seed).isBetween(0, 511);
        for (ClientUsage usage : guard.topClients(1_000)) {
            assertThat(usage.requests()).as("seed %d: %s", seed, usage).isNotNegative();
            assertThat(usage.connections()).as("seed %d: %s", seed, usage).isNotNegative();
            assertThat(usage.usage()).as("seed %d: %s", seed, usage).isNotNegative();
        }
    }

    /** Looks at each client by bringing it back into the table, and at what is in flight by filling a limit. */
    private void assertNothingIsHeld(StandardGuard guard, List<Client> clients, long seed) {
        assertThat(guard.status().activeRequests()).as("seed %d", seed).isZero();
        assertThat(guard.status().activeConnections()).as("seed %d", seed).isZero();
        guard.settings().revert();
        guard.bans()
                .keySet()
                .forEach(banned ->
                        guard.unban(ClientKey.of(IpAddress.parse(banned).orElseThrow())));
        guard.settings().tune("shedding.enabled", "false", 0);
        guard.settings().tune("clients.fair-share", "false", 0);
        guard.settings().tune("requests.concurrency.min", "1", 0);
        guard.settings().tune("requests.concurrency.initial", "1", 0);
        guard.settings().tune("requests.concurrency.max", "5", 0);
        guard.settings().tune("requests.concurrency.algorithm", "fixed", 0);
        guard.settings().tune("connections.max", "5", 0);
        guard.settings().tune("clients.max-concurrent", "1", 0);
        guard.settings().tune("connections.max-per-client", "1", 0);
        guard.guard().tick();
        List<Permit> permits = new ArrayList<>();
        Client stranger = guard.guard().client(ClientKey.named("a stranger"));
        for (Client client : clients) {
            // One of each is allowed to each client, so nothing is left of it that counts.
            for (Attempt attempt : List.of(Attempts.request(client, Priority.CRITICAL), Attempts.connection(client))) {
                assertThat(guard.guard().tryAdmit(attempt))
                        .as("seed %d: %s", seed, attempt)
                        .isInstanceOfSatisfying(Permit.class, permit -> permit.release(Outcome.IGNORED));
            }
        }
        guard.settings().tune("clients.max-concurrent", "unset", 0);
        guard.settings().tune("connections.max-per-client", "unset", 0);
        for (int i = 0; i < 5; i++) {
            permits.add((Permit) guard.guard().tryAdmit(Attempts.request(stranger, Priority.CRITICAL)));
            permits.add((Permit) guard.guard().tryAdmit(Attempts.connection(stranger)));
        }
        assertThat(guard.guard().tryAdmit(Attempts.request(stranger, Priority.CRITICAL)))
                .as("seed %d", seed)
                .isEqualTo(Rejection.of(Reason.CONCURRENCY));
        assertThat(guard.guard().tryAdmit(Attempts.connection(stranger)))
                .as("seed %d", seed)
                .isEqualTo(Rejection.of(Reason.CONNECTIONS));
        permits.forEach(permit -> permit.release(Outcome.IGNORED));
        assertThat(guard.topClients(1_000))
                .as("seed %d", seed)
                .allMatch(usage -> usage.requests() == 0 && usage.connections() == 0);
    }

    @ParameterizedTest
    @ValueSource(longs = {3_001, 3_002, 3_003, 3_004})
    void aRefusedRequestCostsNoToken(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        StandardGuard guard = guard(Map.of(
                "clients.rate",
                "10",
                "clients.burst",
                "20",
                "clients.max-concurrent",
                "3",
                "requests.concurrency.algorithm",
                "fixed",
                "requests.concurrency.max",
                "8",
                "clients.fair-share",
                "false",
                "shedding.enabled",
                "false"));
        List<Client> clients = new ArrayList<>();
        long[] admitted = new long[5];
        for (int i = 0; i < admitted.length; i++) {
            clients.add(guard.guard().client(Attempts.key(i)));
        }
        List<Permit> out = new ArrayList<>();
        long began = clock.nanoTime();
        for (int step = 0; step < 5_000; step++) {
            int number = random.nextInt(admitted.length);
            if (random.nextInt(3) == 0 && !out.isEmpty()) {
                out.remove(random.nextInt(out.size())).release(Outcome.SUCCESS);
            } else if (guard.guard().tryAdmit(Attempts.request(clients.get(number))) instanceof Permit permit) {
                out.add(permit);
                admitted[number]++;
            }
            if (random.nextInt(50) == 0) {
                clock.advanceMillis(random.nextInt(20));
            }
        }
        out.forEach(permit -> permit.release(Outcome.SUCCESS));
        double seconds = (clock.nanoTime() - began) / 1e9;
        for (int i = 0; i < admitted.length; i++) {
            // Each bucket now holds what it began with and gained, less what was admitted: to be had, and no more.
            int left = 0;
            while (guard.guard().tryAdmit(Attempts.request(clients.get(i))) instanceof Permit permit) {
                permit.release(Outcome.SUCCESS);
                left++;
            }
            assertThat(guard.guard().tryAdmit(Attempts.request(clients.get(i))))
                    .isEqualTo(Rejection.of(Reason.CLIENT_RATE, 1));
            double all = 20 + 10 * seconds;
            assertThat(left + admitted[i]).as("seed %d, client %d", seed, i).isBetween((long) all - 1, (long) all);
        }
        assertThat(guard.guard().counts(Attempt.Kind.REQUEST).rejected(Reason.CLIENT_CONCURRENCY))
                .isPositive();
    }
}
