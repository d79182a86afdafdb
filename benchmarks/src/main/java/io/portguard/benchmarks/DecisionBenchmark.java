package io.portguard.benchmarks;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.netflix.concurrency.limits.Limiter;
import com.netflix.concurrency.limits.limit.Gradient2Limit;
import com.netflix.concurrency.limits.limiter.SimpleLimiter;
import io.github.bucket4j.Bucket;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.portguard.Attempt;
import io.portguard.ClientKey;
import io.portguard.Decision;
import io.portguard.Guard;
import io.portguard.IpAddress;
import io.portguard.NanoClock;
import io.portguard.Outcome;
import io.portguard.Permit;
import io.portguard.Priority;
import io.portguard.limit.Algorithm;
import io.portguard.limit.Limit;
import io.portguard.limit.LimitParameters;
import io.portguard.limit.Limits;
import io.portguard.rule.ClientTable;
import io.portguard.rule.Room;
import io.portguard.rule.StandardRules;
import io.portguard.standard.StandardGuard;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * A whole decision: admitted by all rules of the standard guard, a token bucket for each client among them, and
 * released. The peers are composed to do the same: a limit of requests in progress and a bucket for each client.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
@Fork(jvmArgsAppend = {"-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init") // JMH calls setUp before anything else
public class DecisionBenchmark {

    private static final long NEVER_EMPTY = 1_000_000_000L;
    private static final int KEYS = 1 << 16;

    /** How many clients there are; which comes next is drawn from a Zipf distribution (0.99). */
    @Param({"1000", "100000"})
    private int clients;

    private StandardGuard port;
    private StandardGuard full;
    private Guard shedding;
    private Attempt[] kept;
    private int[] ranks;

    /** What is kept of each client at least: its bucket, and how many requests of it are in progress. */
    private AtomicLongArray words;

    private ClientKey[] keys;
    private IpAddress[] addresses;
    private Cache<ClientKey, Bucket> buckets;
    private Limiter<Void> netflix;
    private Bulkhead bulkhead;
    private Map<ClientKey, RateLimiter> rateLimiters;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicLong bucket = new AtomicLong();

    /** Where a thread is in the sequence of clients. */
    @State(Scope.Thread)
    public static class Cursor {

        private int at = (int) Thread.currentThread().getId() * 7_919;

        /** The permit that is used again and again, as on a kept connection. */
        private @Nullable Permit spent;

        private final AtomicInteger released = new AtomicInteger();

        int next() {
            return at++ & (KEYS - 1);
        }
    }

    @Setup(Level.Trial)
    public void setUp() {
        port = StandardGuard.builder("benchmark")
                .configure(Map.of("clients.rate", "10000000", "clients.burst", "10000000"))
                .build();
        full = StandardGuard.builder("full")
                .configure(Map.of(
                        "clients.rate", "10000000",
                        "clients.burst", "10000000",
                        "requests.concurrency.algorithm", "fixed",
                        "requests.concurrency.max", "1"))
                .build();
        shedding = sheddingAll();
        buckets = Caffeine.newBuilder().maximumSize(200_000).build();
        netflix = SimpleLimiter.newBuilder().limit(Gradient2Limit.newDefault()).build();
        bulkhead = Bulkhead.of(
                "benchmark", BulkheadConfig.custom().maxConcurrentCalls(1_000).build());
        rateLimiters = new ConcurrentHashMap<>();
        drawKeys();
        full.guard().tryAdmit(kept[0]);
    }

    private static Guard sheddingAll() {
        ClientTable table = new ClientTable(200_000, NanoClock.system());
        Limit limit = Limits.of(Algorithm.FIXED, new LimitParameters(1, 1, 1, Duration.ofMillis(20)));
        StandardRules rules = new StandardRules(table, limit, 1, Room.NONE, Room.NONE, NanoClock.system());
        rules.clientRate(1e7, 1e7);
        rules.shed(1, 1);
        return Guard.builder("shedding")
                .clients(table)
                .requestRules(rules.forRequests(false))
                .build();
    }

    private void drawKeys() {
        ranks = Zipf.ranks(clients, 0.99, KEYS, new SplittableRandom(42));
        kept = new Attempt[KEYS];
        words = new AtomicLongArray(2 * clients);
        keys = new ClientKey[KEYS];
        addresses = new IpAddress[KEYS];
        Attempt[] connections = new Attempt[clients];
        for (int i = 0; i < KEYS; i++) {
            int client = ranks[i];
            if (connections[client] == null) {
                IpAddress address = IpAddress.ofIpv4((10 << 24) + client);
                connections[client] =
                        Attempt.request(port.guard().client(ClientKey.of(address)), address, Priority.NORMAL);
            }
            kept[i] = connections[client];
            keys[i] = kept[i].client().key();
            addresses[i] = Objects.requireNonNull(kept[i].address());
        }
    }

    @TearDown(Level.Trial)
    public void tearDown() {
        port.close();
        full.close();
        shedding.close();
    }

    /** The least that it takes: a counter, one bucket, and a clock read at either end; no client is told from another. */
    @Benchmark
    public long floor() {
        long now = System.nanoTime();
        inFlight.incrementAndGet();
        long before = bucket.get();
        bucket.compareAndSet(before, Math.max(before, now) + 1);
        inFlight.decrementAndGet();
        return System.nanoTime() - now;
    }

    /**
     * What cannot be left out where clients have buckets, are counted, and a permit is released once whoever races: six
     * atomic operations, two of them on words that all threads share, and a clock read at either end.
     */
    @Benchmark
    public long sixAtomics(Cursor cursor) {
        int bucketOf = 2 * ranks[cursor.next()];
        int requestsOf = bucketOf + 1;
        long now = System.nanoTime();
        long before = words.get(bucketOf);
        words.compareAndSet(bucketOf, before, Math.max(before, now) + 1);
        int present = inFlight.get();
        inFlight.compareAndSet(present, present + 1);
        words.getAndIncrement(requestsOf);
        cursor.released.lazySet(0);
        long end = System.nanoTime();
        cursor.released.getAndSet(1);
        words.getAndDecrement(requestsOf);
        inFlight.getAndDecrement();
        return end - now;
    }

    /** What the clock alone takes of a refusal; twice of what is admitted and released. */
    @Benchmark
    public long clockRead() {
        return System.nanoTime();
    }

    /** The client's state and a permit are at hand, as on a kept connection of Netty. */
    @Benchmark
    public Decision portguardKept(Cursor cursor) {
        Decision decision = port.guard().tryAdmit(kept[cursor.next()], cursor.spent, System.nanoTime());
        if (decision instanceof Permit permit) {
            permit.release(Outcome.SUCCESS, System.nanoTime());
            cursor.spent = permit;
        }
        return decision;
    }

    /** The client's state is at hand, and each request has a permit of its own, as in a servlet container. */
    @Benchmark
    public Decision portguardKeptNewPermit(Cursor cursor) {
        Decision decision = port.guard().tryAdmit(kept[cursor.next()]);
        if (decision instanceof Permit permit) {
            permit.release(Outcome.SUCCESS);
        }
        return decision;
    }

    /** The client is looked up in the table. */
    @Benchmark
    public Decision portguardLookedUp(Cursor cursor) {
        int i = cursor.next();
        Attempt attempt = Attempt.request(port.guard().client(keys[i]), addresses[i], Priority.NORMAL);
        Decision decision = port.guard().tryAdmit(attempt);
        if (decision instanceof Permit permit) {
            permit.release(Outcome.SUCCESS);
        }
        return decision;
    }

    /** Refused because the limit is reached. */
    @Benchmark
    public Decision portguardRefused(Cursor cursor) {
        return full.guard().tryAdmit(kept[cursor.next()]);
    }

    /** Refused by the shedding level. */
    @Benchmark
    public Decision portguardShed(Cursor cursor) {
        return shedding.tryAdmit(kept[cursor.next()]);
    }

    @Benchmark
    public boolean netflixCaffeineBucket4j(Cursor cursor) {
        ClientKey key = keys[cursor.next()];
        Bucket tokens = buckets.get(key, DecisionBenchmark::newBucket);
        if (tokens == null || !tokens.tryConsume(1)) {
            return false;
        }
        Optional<Limiter.Listener> admitted = netflix.acquire(null);
        admitted.ifPresent(Limiter.Listener::onSuccess);
        return admitted.isPresent();
    }

    private static Bucket newBucket(ClientKey key) {
        return Bucket.builder()
                .addLimit(limit -> limit.capacity(NEVER_EMPTY).refillGreedy(NEVER_EMPTY, Duration.ofSeconds(1)))
                .build();
    }

    @Benchmark
    public boolean resilience4jBulkheadAndRateLimiters(Cursor cursor) {
        ClientKey key = keys[cursor.next()];
        RateLimiter limiter = rateLimiters.computeIfAbsent(key, DecisionBenchmark::newRateLimiter);
        if (!limiter.acquirePermission() || !bulkhead.tryAcquirePermission()) {
            return false;
        }
        bulkhead.onComplete();
        return true;
    }

    private static RateLimiter newRateLimiter(ClientKey key) {
        return RateLimiter.of(
                "client",
                RateLimiterConfig.custom()
                        .limitForPeriod((int) NEVER_EMPTY)
                        .limitRefreshPeriod(Duration.ofSeconds(1))
                        .timeoutDuration(Duration.ZERO)
                        .build());
    }

    static Report measure(boolean full) throws RunnerException {
        Report report = Report.named("decision");
        for (int threads = 1; threads <= 2; threads++) {
            ChainedOptionsBuilder options = new OptionsBuilder()
                    .include(DecisionBenchmark.class.getSimpleName())
                    .addProfiler(GCProfiler.class)
                    .threads(threads)
                    .forks(full ? 5 : 1);
            if (!full) {
                options.warmupIterations(2).measurementIterations(3).measurementTime(TimeValue.milliseconds(700));
            }
            Collection<RunResult> results = new Runner(options.build()).run();
            for (RunResult result : results) {
                add(report, result, threads);
            }
        }
        return report;
    }

    private static void add(Report report, RunResult result, int threads) {
        String benchmark = result.getParams().getBenchmark();
        String subject = benchmark.substring(benchmark.lastIndexOf('.') + 1);
        String scenario = result.getParams().getParam("clients") + " clients, " + threads + " thread(s)";
        report.add(scenario, subject, "time", result.getPrimaryResult().getScore(), "ns/op");
        result.getSecondaryResults().forEach((name, secondary) -> {
            if (name.endsWith("gc.alloc.rate.norm")) {
                report.add(scenario, subject, "allocated", secondary.getScore(), "B/op");
            }
        });
    }
}
