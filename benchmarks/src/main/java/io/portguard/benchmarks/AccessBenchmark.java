package io.portguard.benchmarks;

import io.portguard.IpAddress;
import io.portguard.client.AddressRange;
import io.portguard.client.AddressRanges;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Whether an address is in a list of ranges: networks of IPv4 and IPv6, addresses inside and outside of them. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@SuppressWarnings("NullAway.Init") // JMH calls setUp before anything else
public class AccessBenchmark {

    private static final int ADDRESSES = 1 << 14;

    @Param({"10000"})
    private int ranges;

    private AddressRanges list;
    private IpAddress[] addresses;
    private int at;

    @Setup(Level.Trial)
    public void setUp() {
        SplittableRandom random = new SplittableRandom(42);
        List<AddressRange> networks = new ArrayList<>();
        for (int i = 0; i < ranges; i++) {
            networks.add(
                    i % 2 == 0
                            ? AddressRange.of(IpAddress.ofIpv4(random.nextInt()), 96 + random.nextInt(16, 33))
                            : AddressRange.of(ipv6(random), random.nextInt(32, 65)));
        }
        list = new AddressRanges(networks);
        addresses = new IpAddress[ADDRESSES];
        for (int i = 0; i < ADDRESSES; i++) {
            IpAddress inside = networks.get(random.nextInt(ranges)).last();
            IpAddress anywhere = random.nextBoolean() ? IpAddress.ofIpv4(random.nextInt()) : ipv6(random);
            addresses[i] = random.nextBoolean() ? inside : anywhere;
        }
    }

    private static IpAddress ipv6(SplittableRandom random) {
        return IpAddress.of(0x2000_0000_0000_0000L | random.nextLong() >>> 3, random.nextLong());
    }

    @Benchmark
    public boolean isListed() {
        return list.contains(addresses[at++ & (ADDRESSES - 1)]);
    }

    /** Adds its figures to a report. */
    static void measure(Report report) throws RunnerException {
        for (RunResult result : new Runner(new OptionsBuilder()
                        .include(AccessBenchmark.class.getSimpleName())
                        .build())
                .run()) {
            report.add(
                    result.getParams().getParam("ranges") + " ranges, 1 thread(s)",
                    "portguard access list",
                    "time",
                    result.getPrimaryResult().getScore(),
                    "ns/op");
        }
    }
}
