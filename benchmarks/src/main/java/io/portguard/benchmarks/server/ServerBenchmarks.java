package io.portguard.benchmarks.server;

import io.portguard.benchmarks.Report;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;

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
                    "hello, tomcat",
                    Load.REQUESTS,
                    ServletServers.TOMCAT_HELLO,
                    ServletServers.TOMCAT_GUARDED_HELLO),
            new Comparison(
                    "hello, jetty", Load.REQUESTS, ServletServers.JETTY_HELLO, ServletServers.JETTY_GUARDED_HELLO));

    private ServerBenchmarks() {}

    /** The cost of refusing beside the least that it takes. */
    public static Report flood(PrintWriter out, Generator generator, int rounds, Duration time)
            throws IOException, InterruptedException {
        return measure("flood", FLOOD, out, generator, rounds, time);
    }

    /** A hello service with and without the guard. */
    public static Report overhead(PrintWriter out, Generator generator, int rounds, Duration time)
            throws IOException, InterruptedException {
        return measure("overhead", OVERHEAD, out, generator, rounds, time);
    }

    private static Report measure(
            String name, List<Comparison> comparisons, PrintWriter out, Generator generator, int rounds, Duration time)
            throws IOException, InterruptedException {
        Report report = Report.named(name);
        report.environment().put("requests sent by", generator.toString());
        for (Comparison comparison : comparisons) {
            comparison.measure(report, out, generator, rounds, time);
        }
        return report;
    }
}
