package io.portguard.benchmarks.server;

import io.portguard.benchmarks.Report;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a server pays for a refusal, and what it pays for being guarded at all. */
public final class ServerBenchmarks {

    private static final List<Comparison> FLOOD = List.of(
            new Comparison(
                    "refused connection, netty",
                    Load.CONNECTIONS,
                    NettyServers.ACCEPT_AND_CLOSE,
                    NettyServers.REFUSED_CONNECTION),
            new Comparison(
                    "refused request on a kept connection, netty",
                    Load.REQUESTS,
                    NettyServers.CONSTANT_503,
                    NettyServers.REFUSED_REQUEST),
            new Comparison(
                    "refused on a connection of its own, tomcat",
                    Load.REQUEST_ON_EACH,
                    ServletServers.TOMCAT_FILTER_503,
                    ServletServers.TOMCAT_REFUSED_CONNECTION),
            new Comparison(
                    "refused on a connection of its own, jetty against tomcat",
                    Load.REQUEST_ON_EACH,
                    ServletServers.TOMCAT_FILTER_503,
                    ServletServers.JETTY_REFUSED_CONNECTION));

    private static final List<Comparison> OVERHEAD = List.of(
            new Comparison("hello, netty", Load.REQUESTS, NettyServers.HELLO, NettyServers.GUARDED_HELLO),
            new Comparison(
                    "hello, reactor-netty",
                    Load.REQUESTS,
                    ReactorNettyServers.HELLO,
                    ReactorNettyServers.GUARDED_HELLO),
            new Comparison(
                    "hello, tomcat", Load.REQUESTS, ServletServers.TOMCAT_HELLO, ServletServers.TOMCAT_GUARDED_HELLO),
            new Comparison(
                    "hello, jetty", Load.REQUESTS, ServletServers.JETTY_HELLO, ServletServers.JETTY_GUARDED_HELLO));

    private ServerBenchmarks() {}

    /**
     * The cost of refusing beside the least that it takes.
     *
     * @param rounds turns of each server; null for as many as the size asks for
     * @param turn how long a turn lasts
     * @param full what is published, and not what ends within five minutes
     */
    public static Report flood(
            PrintWriter out, Generator generator, @Nullable Integer rounds, Duration turn, boolean full)
            throws IOException, InterruptedException {
        // Refusing is little code, which is compiled soon.
        return measure("flood", FLOOD, out, generator, size(rounds, turn, full, 5));
    }

    /** A hello service with and without the guard; see {@link #flood}. */
    public static Report overhead(
            PrintWriter out, Generator generator, @Nullable Integer rounds, Duration turn, boolean full)
            throws IOException, InterruptedException {
        return measure("overhead", OVERHEAD, out, generator, size(rounds, turn, full, 9));
    }

    private static Comparison.Size size(@Nullable Integer rounds, Duration turn, boolean full, int warmUps) {
        int starts = full ? 5 : 2;
        int turns = rounds != null ? rounds : full ? 100 : 12;
        return new Comparison.Size(starts, full ? 20 : warmUps, Math.max(1, turns / starts), turn);
    }

    private static Report measure(
            String name, List<Comparison> comparisons, PrintWriter out, Generator generator, Comparison.Size size)
            throws IOException, InterruptedException {
        Report report = Report.named(name);
        report.environment().put("requests sent by", generator.toString());
        for (Comparison comparison : comparisons) {
            comparison.measure(report, out, generator, size);
        }
        return report;
    }
}
