package io.portguard.benchmarks;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.portguard.Attempt;
import io.portguard.ClientKey;
import io.portguard.IpAddress;
import io.portguard.Priority;
import io.portguard.Reason;
import io.portguard.audit.TrailCheck;
import io.portguard.benchmarks.load.ClientGroup;
import io.portguard.benchmarks.load.LoadListener;
import io.portguard.benchmarks.load.LoadPlan;
import io.portguard.benchmarks.load.OpenLoop;
import io.portguard.benchmarks.load.Phase;
import io.portguard.benchmarks.load.PhaseResult;
import io.portguard.benchmarks.load.Target;
import io.portguard.netty.GuardedPort;
import io.portguard.standard.StandardGuard;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Whether the audit changes the latency of requests while ten thousand a second are refused: the same service in one virtual
 * machine with the audit's files and without, in turns, who comes first taking turns as well. What is refused is decided by the
 * service's guard and not sent over the network, which would be what is measured otherwise.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a client that has gone is told by the channel
final class AuditBenchmark {

    private static final String NAME = "audit";
    private static final String SERVED = "served";
    private static final double SERVED_A_SECOND = 1_000;
    private static final int SERVED_CLIENTS = 500;

    private static final int REFUSED_A_SECOND = 10_000;
    private static final int REFUSED_CLIENTS = 5_000;
    private static final String DENIED = "10.0.0.0/8";
    private static final int DENIED_FROM = 0x0a00_0000;
    private static final double[] PERCENTILES = {50, 99, 99.9};
    private static final String[] METRICS = {"p50", "p99", "p99.9"};

    private static final String ON = "audit on";
    private static final String OFF = "audit off";
    private static final String CONTROL = "audit off, again";
    private static final int WARM_UP_SECONDS = 10;

    private final PrintWriter out;
    private final Report report = Report.named(NAME);
    private final Map<String, List<double[]>> found = new LinkedHashMap<>();

    AuditBenchmark(PrintWriter out) {
        this.out = out;
    }

    Report run(int rounds, int seconds) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("portguard-audit");
        try (Service with = new Service(Map.of("audit.folder", folder.toString()));
                Service without = new Service(Map.of());
                Service control = new Service(Map.of())) {
            Map<String, Service> services = new LinkedHashMap<>();
            services.put(ON, with);
            services.put(OFF, without);
            services.put(CONTROL, control);
            List<String> order = new ArrayList<>(services.keySet());
            for (Service service : services.values()) {
                play(service, WARM_UP_SECONDS);
            }
            for (int round = 0; round < rounds; round++) {
                for (String subject : order) {
                    measure(subject, Objects.requireNonNull(services.get(subject)), seconds);
                }
                Collections.rotate(order, 1);
            }
            with.guard.notices().forEach(out::println);
        }
        tellTrail(folder);
        compare(OFF, ON);
        compare(OFF, CONTROL);
        return report;
    }

    private static PhaseResult play(Service service, int seconds) throws InterruptedException {
        List<Target> target = List.of(new Target("all", "/", 1));
        LoadPlan plan = new LoadPlan(
                service.port(),
                List.of(new ClientGroup(SERVED, "127.1.0.1", SERVED_CLIENTS, 1, target)),
                List.of(phase("begin", 1), phase("measured", seconds)));
        service.refuses = true;
        try {
            return new OpenLoop(plan, LoadListener.NONE).run().phases().get(1);
        } finally {
            service.refuses = false;
        }
    }

    private static Phase phase(String name, int seconds) {
        return new Phase(name, Duration.ofSeconds(seconds), Map.of(SERVED, SERVED_A_SECOND));
    }

    private void measure(String subject, Service service, int seconds) throws InterruptedException {
        long before = service.refused();
        PhaseResult result = play(service, seconds);
        // The second that each begins with is not measured, and refuses as well.
        tell(subject, result, (service.refused() - before) / (seconds + 1.0));
    }

    private void tell(String subject, PhaseResult result, double refused) {
        double[] millis = new double[PERCENTILES.length];
        for (int i = 0; i < millis.length; i++) {
            millis[i] = result.group(SERVED).admittedMillis(PERCENTILES[i]);
        }
        found.computeIfAbsent(subject, name -> new ArrayList<>()).add(millis);
        out.printf(
                Locale.ROOT,
                "%-16s  served p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms; %.0f refused a second; generator late by %.2f ms"
                        + " (p99)%n",
                subject,
                millis[0],
                millis[1],
                millis[2],
                refused,
                result.sendLateP99Millis());
        out.flush();
        report.add(subject, "portguard", "refused", refused, "1/s");
        for (int i = 0; i < millis.length; i++) {
            report.add(subject, "portguard", METRICS[i], millis[i], "ms");
        }
    }

    /** The medians, and that of what each pair differs by. */
    private void compare(String first, String second) {
        List<double[]> before = found.getOrDefault(first, List.of());
        List<double[]> after = found.getOrDefault(second, List.of());
        for (int i = 0; i < PERCENTILES.length; i++) {
            List<Double> differences = new ArrayList<>();
            for (int pair = 0; pair < before.size(); pair++) {
                differences.add(after.get(pair)[i] - before.get(pair)[i]);
            }
            long slower = differences.stream().filter(millis -> millis > 0).count();
            report.add(second + " - " + first, "portguard", METRICS[i], median(differences), "ms");
            out.printf(
                    Locale.ROOT,
                    "%-5s  %s %.2f ms, %s %.2f ms (medians); the second slower by %.2f ms (median of pairs), in %d of %d%n",
                    METRICS[i],
                    first,
                    median(before, i),
                    second,
                    median(after, i),
                    median(differences),
                    slower,
                    differences.size());
        }
        out.flush();
    }

    private static double median(List<double[]> rounds, int which) {
        return median(rounds.stream().map(round -> round[which]).toList());
    }

    private static double median(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }

    private void tellTrail(Path folder) throws IOException {
        TrailCheck trail = TrailCheck.of(folder, NAME);
        out.printf(
                Locale.ROOT, "The trail has %d lines and is %s%n", trail.lines(), trail.isSound() ? "sound" : "broken");
        report.add(ON, "portguard", "lines of the trail", (double) trail.lines(), "lines");
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    /** Answers at once what its guard admits, and has it refuse others meanwhile. */
    private static final class Service implements AutoCloseable {

        private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        private final StandardGuard guard;
        private final Channel listening;
        private final Thread refuser = new Thread(this::refuse, "refuser");
        private volatile boolean refuses;
        private volatile boolean closed;

        private Service(Map<String, String> settings) {
            guard = StandardGuard.builder(NAME)
                    .configure(Map.of(
                            "access.deny", DENIED,
                            "requests.concurrency.algorithm", "fixed",
                            "requests.concurrency.max", "1000",
                            "shedding.enabled", "false"))
                    .configure(settings)
                    .build();
            ServerBootstrap bootstrap = new ServerBootstrap()
                    .group(loops)
                    .channel(NioServerSocketChannel.class)
                    .childHandler(new ChannelInitializer<Channel>() {
                        @Override
                        protected void initChannel(Channel connection) {
                            connection.pipeline().addLast(new HttpServerCodec(), new Answer());
                        }
                    });
            GuardedPort.of(guard).install(bootstrap);
            listening = bootstrap
                    .bind(InetAddress.getLoopbackAddress(), 0)
                    .syncUninterruptibly()
                    .channel();
            refuser.setDaemon(true);
            refuser.start();
        }

        private void refuse() {
            long done = 0;
            long began = System.nanoTime();
            while (!closed) {
                LockSupport.parkNanos(1_000_000);
                long due = (System.nanoTime() - began) * REFUSED_A_SECOND / 1_000_000_000;
                for (; done < due; done++) {
                    if (refuses) {
                        IpAddress address = IpAddress.ofIpv4(DENIED_FROM + (int) (done % REFUSED_CLIENTS));
                        guard.guard()
                                .tryAdmit(Attempt.request(
                                        guard.guard().client(ClientKey.of(address)), address, Priority.NORMAL));
                    }
                }
            }
        }

        private long refused() {
            return guard.guard().counts(Attempt.Kind.REQUEST).rejected(Reason.DENIED);
        }

        private int port() {
            return ((InetSocketAddress) listening.localAddress()).getPort();
        }

        @Override
        public void close() {
            closed = true;
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
            guard.close();
        }
    }

    private static final class Answer extends SimpleChannelInboundHandler<HttpObject> {

        @Override
        protected void channelRead0(ChannelHandlerContext context, HttpObject message) {
            if (message instanceof LastHttpContent) {
                FullHttpResponse response =
                        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.EMPTY_BUFFER);
                HttpUtil.setContentLength(response, 0);
                context.writeAndFlush(response);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
