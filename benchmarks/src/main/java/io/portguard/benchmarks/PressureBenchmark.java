package io.portguard.benchmarks;

import io.portguard.pressure.PressureMonitor.SourceReport;
import io.portguard.proc.Proc;
import io.portguard.proc.ProcNetTcp;
import io.portguard.standard.StandardGuard;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What it costs to ask the sources of pressure, as the guard measures it itself, with few connections on the machine
 * and with many; and what it would cost to read the whole table of sockets instead.
 */
final class PressureBenchmark {

    private static final int BACKLOG = 100;
    private static final int WAITING = 3;
    private static final int WARM_UP_ROUNDS = 400;
    private static final long BETWEEN_ROUNDS_NANOS = Duration.ofMillis(250).toNanos();
    private static final int WHOLE_READS = 9;

    private final PrintWriter out;
    private final int rounds;
    private final Report report = Report.named("pressure");
    private final AtomicLong ahead = new AtomicLong();

    /** @param rounds how often the sources are asked, after they have been warmed up */
    PressureBenchmark(PrintWriter out, int rounds) {
        this.out = out;
        this.rounds = rounds;
    }

    Report run(int connections) throws IOException {
        measure("idle", 0, StandardProtocolFamily.INET6);
        for (StandardProtocolFamily family : List.of(StandardProtocolFamily.INET, StandardProtocolFamily.INET6)) {
            String scenario =
                    connections + " connections of " + (family == StandardProtocolFamily.INET ? "IPv4" : "IPv6");
            measure(scenario, connections, family);
        }
        return report;
    }

    @SuppressWarnings("try") // the connections are held, not used
    private void measure(String scenario, int connections, StandardProtocolFamily family) throws IOException {
        List<SocketChannel> waiting = new ArrayList<>();
        try (ConnectionHolder held = ConnectionHolder.hold(connections, family);
                ServerSocketChannel server = ServerSocketChannel.open(family);
                StandardGuard guard = StandardGuard.builder("benchmark")
                        .clock(() -> System.nanoTime() + ahead.get())
                        .tickInterval(Duration.ZERO)
                        .build()) {
            server.bind(new InetSocketAddress(ConnectionHolder.loopback(family), 0), BACKLOG);
            InetSocketAddress address = (InetSocketAddress) server.getLocalAddress();
            guard.watchBacklog(address.getPort(), BACKLOG);
            for (int i = 0; i < WAITING; i++) {
                waiting.add(SocketChannel.open(address));
            }
            out.printf("%n%s, held by %d processes%n", scenario, held.processes());
            rounds(guard, WARM_UP_ROUNDS);
            rounds(guard, rounds).forEach((source, costs) -> tell(scenario, source, costs));
            if (guard.status().backlogDepth() != WAITING) {
                throw new IllegalStateException("backlog: " + guard.status().backlogDepth() + " (expected: " + WAITING
                        + ", which wait to be accepted)");
            }
            tell(scenario, "whole-file", wholeFile(2L * connections));
            out.flush();
        } finally {
            for (SocketChannel client : waiting) {
                client.close();
            }
        }
    }

    /** Ticks a guard whose clock runs ahead, and collects what each asking took by the guard's own account. */
    private Map<String, List<Long>> rounds(StandardGuard guard, int rounds) {
        Map<String, List<Long>> costs = new LinkedHashMap<>();
        Map<String, Long> lastSeen = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            ahead.addAndGet(BETWEEN_ROUNDS_NANOS);
            guard.guard().tick();
            guard.guard().tickSlowly();
            for (SourceReport source : guard.pressure().report()) {
                Long before = lastSeen.put(source.name(), source.costNanos());
                if (source.costNanos() >= 0 && !Long.valueOf(source.costNanos()).equals(before)) {
                    costs.computeIfAbsent(source.name(), first -> new ArrayList<>())
                            .add(source.costNanos());
                }
            }
        }
        return costs;
    }

    /** What reading the table to its end takes, both families, as often as it takes to see the usual. */
    private static List<Long> wholeFile(long atLeast) throws IOException {
        List<Long> costs = new ArrayList<>();
        for (int i = 0; i < WHOLE_READS; i++) {
            long began = System.nanoTime();
            long lines = 0;
            for (Path table : Proc.ofThisSystem().tcpTables()) {
                try (ProcNetTcp sockets = ProcNetTcp.all(table)) {
                    while (sockets.next()) {
                        lines++;
                    }
                }
            }
            costs.add(System.nanoTime() - began);
            if (lines < atLeast) {
                throw new IllegalStateException("sockets: " + lines + " (expected: " + atLeast + " or more)");
            }
        }
        return costs;
    }

    private void tell(String scenario, String source, List<Long> costs) {
        long[] sorted = costs.stream().mapToLong(Long::longValue).toArray();
        Arrays.sort(sorted);
        double median = sorted[sorted.length / 2] / 1e3;
        double p95 = sorted[sorted.length * 95 / 100] / 1e3;
        report.add(scenario, "portguard", source, median, "us");
        report.add(scenario, "portguard", source + " p95", p95, "us");
        out.printf("  %-18s median %10.1f us   95th percentile %10.1f us%n", source, median, p95);
    }
}
