package io.portguard.benchmarks;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.portguard.Attempt;
import io.portguard.ClientKey;
import io.portguard.IpAddress;
import io.portguard.Outcome;
import io.portguard.Permit;
import io.portguard.Priority;
import io.portguard.standard.StandardGuard;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a tracked client costs in memory, and what becomes of those who owe when far more addresses come by than can
 * be tracked. Each subject is driven as its users drive it; the peers' keys are the addresses as text, as requests give
 * them. Heap is what is left of it after a full collection.
 */
final class MemoryBenchmark {

    private static final int CLIENTS = 1_000_000;
    private static final int TRACKED = 100_000;
    private static final int WORST = 100;
    private static final int BURST = 500;
    private static final String BUCKET4J = "caffeine-3.3 + bucket4j-8.19";

    /** A table and how many clients are in it. */
    private record Filled(Object table, long clients) {}

    private final Report report = Report.named("memory");
    private final AtomicLong clock = new AtomicLong(1);
    private final TimeMeter time = new TimeMeter() {
        @Override
        public long currentTimeNanos() {
            return clock.get();
        }

        @Override
        public boolean isWallClockBased() {
            return false;
        }
    };
    private final PrintWriter out;

    /** What is being measured, so that it is not collected before. */
    @SuppressWarnings("UnusedVariable")
    private volatile @Nullable Object measured;

    MemoryBenchmark(PrintWriter out) {
        this.out = out;
    }

    /** @param addresses that come by in rotation */
    Report run(int addresses) {
        bytes("portguard", this::portguard);
        bytes(BUCKET4J, this::caffeineAndBucket4j);
        bytes("map + resilience4j-2.4 rate limiters", MemoryBenchmark::mapOfRateLimiters);
        bytes("caffeine-3.3 + AtomicLong", MemoryBenchmark::caffeineAndNumbers);
        rotate("portguard", addresses, this::portguardOfBoundedTable);
        rotate(BUCKET4J, addresses, this::boundedCaffeineAndBucket4j);
        return report;
    }

    private void bytes(String subject, Supplier<Filled> filled) {
        long before = heap();
        Filled all = filled.get();
        measured = all.table();
        double each = (double) (heap() - before) / all.clients();
        measured = null;
        add(CLIENTS + " clients", subject, "per client", each, "B");
    }

    private Filled portguard() {
        StandardGuard guard = guard(CLIENTS);
        for (int i = 0; i < CLIENTS; i++) {
            request(guard, i);
        }
        return new Filled(guard, guard.status().trackedClients());
    }

    private Filled caffeineAndBucket4j() {
        Cache<String, Bucket> buckets =
                Caffeine.newBuilder().maximumSize(CLIENTS).build();
        for (int i = 0; i < CLIENTS; i++) {
            buckets.get(text(i), this::bucket).tryConsume(1);
        }
        return new Filled(buckets, buckets.estimatedSize());
    }

    private static Filled mapOfRateLimiters() {
        RateLimiterConfig config = RateLimiterConfig.custom()
                .limitForPeriod(BURST)
                .limitRefreshPeriod(Duration.ofSeconds(1))
                .timeoutDuration(Duration.ZERO)
                .build();
        Map<String, RateLimiter> limiters = new ConcurrentHashMap<>();
        for (int i = 0; i < CLIENTS; i++) {
            limiters.computeIfAbsent(text(i), key -> RateLimiter.of(key, config))
                    .acquirePermission();
        }
        return new Filled(limiters, limiters.size());
    }

    private static Filled caffeineAndNumbers() {
        Cache<String, AtomicLong> numbers =
                Caffeine.newBuilder().maximumSize(CLIENTS).build();
        for (int i = 0; i < CLIENTS; i++) {
            numbers.get(text(i), key -> new AtomicLong()).incrementAndGet();
        }
        return new Filled(numbers, numbers.estimatedSize());
    }

    /**
     * A hundred clients take all that their bucket holds; then come ten million addresses, each once; then the hundred
     * try again. A microsecond passes with each request, so ten seconds in all, and ten tokens; with ten times the
     * addresses a hundred, of five.
     */
    private void rotate(String subject, int addresses, Supplier<IntPredicate> bounded) {
        long before = heap();
        IntPredicate requests = bounded.get();
        for (int worst = 0; worst < WORST; worst++) {
            takeAll(worst, requests);
        }
        long began = System.nanoTime();
        int served = 0;
        for (int i = 0; i < addresses; i++) {
            served += requests.test(WORST + i) ? 1 : 0;
        }
        double nanos = (double) (System.nanoTime() - began) / addresses;
        double heldMegabytes = (heap() - before) / 1e6;
        int kept = 0;
        for (int worst = 0; worst < WORST; worst++) {
            kept += takeAll(worst, requests) < BURST / 2 ? 1 : 0;
        }
        String scenario = addresses + " addresses in rotation, " + TRACKED + " tracked";
        add(scenario, subject, "worst debts kept", 100.0 * kept / WORST, "%");
        add(scenario, subject, "newcomers served", 100.0 * served / addresses, "%");
        add(scenario, subject, "held", heldMegabytes, "MB");
        add(scenario, subject, "time", nanos, "ns/request");
    }

    private static int takeAll(int client, IntPredicate requests) {
        int tokens = 0;
        while (tokens < BURST * 2 && requests.test(client)) {
            tokens++;
        }
        return tokens;
    }

    private IntPredicate portguardOfBoundedTable() {
        StandardGuard guard = guard(TRACKED);
        AtomicLong tickedAt = new AtomicLong(clock.get());
        return client -> {
            if (clock.get() - tickedAt.get() > TimeUnit.MILLISECONDS.toNanos(50)) {
                tickedAt.set(clock.get());
                guard.guard().tick();
            }
            return request(guard, client);
        };
    }

    private IntPredicate boundedCaffeineAndBucket4j() {
        Cache<String, Bucket> buckets = Caffeine.newBuilder()
                .maximumSize(TRACKED)
                .executor(Runnable::run)
                .build();
        return client ->
                passingTime(() -> buckets.get(text(client), this::bucket).tryConsume(1));
    }

    private boolean passingTime(BooleanSupplier request) {
        clock.addAndGet(1_000);
        return request.getAsBoolean();
    }

    private StandardGuard guard(int tracked) {
        return StandardGuard.builder("benchmark")
                .configure(Map.of(
                        "clients.max-tracked", Integer.toString(tracked),
                        "clients.rate", "1",
                        "clients.burst", Integer.toString(BURST)))
                .clock(clock::get)
                .tickInterval(Duration.ZERO)
                .build();
    }

    private boolean request(StandardGuard guard, int client) {
        return passingTime(() -> {
            IpAddress address = IpAddress.ofIpv4((10 << 24) + client);
            Attempt attempt = Attempt.request(guard.guard().client(ClientKey.of(address)), address, Priority.NORMAL);
            return guard.guard().tryAdmit(attempt) instanceof Permit permit && permit.release(Outcome.SUCCESS);
        });
    }

    private Bucket bucket(String key) {
        return Bucket.builder()
                .addLimit(limit -> limit.capacity(BURST).refillGreedy(1, Duration.ofSeconds(1)))
                .withCustomTimePrecision(time)
                .build();
    }

    private static String text(int client) {
        return (10 + (client >> 24)) + "." + (client >> 16 & 0xff) + "." + (client >> 8 & 0xff) + "." + (client & 0xff);
    }

    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private void add(String scenario, String subject, String metric, double value, String unit) {
        report.add(scenario, subject, metric, value, unit);
        out.printf(Locale.ROOT, "%-52s %-38s %-18s %10.1f %s%n", scenario, subject, metric, value, unit);
        out.flush();
    }
}
