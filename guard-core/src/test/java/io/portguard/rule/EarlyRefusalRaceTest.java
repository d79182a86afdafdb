package io.portguard.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.Attempts;
import io.portguard.Guard;
import io.portguard.Outcome;
import io.portguard.Permit;
import io.portguard.Reason;
import io.portguard.limit.Algorithm;
import io.portguard.limit.LimitParameters;
import io.portguard.limit.Limits;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads race for the last places of a limit, while what it refuses is now taken and given back, now not taken at all. */
class EarlyRefusalRaceTest {

    private static final int THREADS = 3;
    private static final int ATTEMPTS = 60_000;
    private static final int LIMIT = 4;
    private static final double RATE = 1_000;

    private final ClientTable table = new ClientTable(10, () -> 0);
    private final StandardRules rules = new StandardRules(
            table,
            Limits.of(Algorithm.FIXED, new LimitParameters(LIMIT, 1, LIMIT, Duration.ofMillis(20))),
            1,
            Room.NONE,
            Room.NONE,
            () -> 0);
    private final Guard guard = Guard.builder("test")
            .clients(table)
            .requestRules(rules.forRequests(false))
            .clock(() -> 0)
            .tickInterval(Duration.ZERO)
            .build();
    private final ClientState client = (ClientState) guard.client(Attempts.key(1));
    private final Attempt attempt = Attempts.request(client);

    /** Tries to get in, keeps some permits for a while, and returns how many it got. */
    private long use(SplittableRandom random) {
        long admitted = 0;
        Deque<Permit> out = new ArrayDeque<>();
        for (int i = 0; i < ATTEMPTS; i++) {
            if (guard.tryAdmit(attempt) instanceof Permit permit) {
                admitted++;
                out.add(permit);
            }
            if (!out.isEmpty() && random.nextInt(3) == 0) {
                out.remove().release(Outcome.SUCCESS);
            }
        }
        out.forEach(permit -> permit.release(Outcome.SUCCESS));
        return admitted;
    }

    @Test
    @Timeout(60)
    void noTokenAndNoPlaceIsLost() throws Exception {
        rules.fairShare(false);
        rules.clientRate(RATE, 1e9);
        rules.maxRequestsOfClient(LIMIT + 1);
        guard.refresh();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS + 1);
        AtomicBoolean ticking = new AtomicBoolean(true);
        CountDownLatch start = new CountDownLatch(1);
        long admitted = 0;
        try {
            List<Future<Long>> workers = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                SplittableRandom random = new SplittableRandom(i);
                workers.add(threads.submit(() -> {
                    start.await();
                    return use(random);
                }));
            }
            Future<?> housekeeper = threads.submit(() -> {
                while (ticking.get()) {
                    guard.tick();
                }
            });
            start.countDown();
            for (Future<Long> worker : workers) {
                admitted += worker.get();
            }
            ticking.set(false);
            housekeeper.get();
        } finally {
            threads.shutdownNow();
        }
        assertThat(guard.faults()).isZero();
        assertThat(guard.counts(Attempt.Kind.REQUEST).rejected(Reason.CONCURRENCY))
                .isPositive();
        assertThat(client.bucket(Attempt.Kind.REQUEST)).isEqualTo(admitted * (long) (1e9 / RATE));
        assertThat(client.requests()).isZero();
        // All places are there again, and not one more.
        for (int i = 0; i < LIMIT; i++) {
            assertThat(guard.tryAdmit(attempt)).isInstanceOf(Permit.class);
        }
        assertThat(guard.tryAdmit(attempt)).isNotInstanceOf(Permit.class);
    }
}
