package io.portguard.doctor;

import io.portguard.Attempt;
import io.portguard.IpAddress;
import io.portguard.NanoClock;
import io.portguard.Outcome;
import io.portguard.Permit;
import io.portguard.connection.GuardedSocket;
import io.portguard.connection.OpenConnection;
import io.portguard.connection.Phase;
import io.portguard.pressure.NetworkDrops;
import io.portguard.rule.ScanWatch;
import io.portguard.standard.StandardGuard;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * Three guarded HTTP ports that are scanned with nmap, so often and so as the arguments say, each time from another address,
 * and what the guards saw of it. To be run in a network namespace of its own.
 */
final class NmapScenario {

    private static final int PORTS = 3;
    private static final int AT_A_TIME = 50;
    private static final int JUDGED_AFTER_SECONDS = 100;

    /** Room for all at a time: a port whose SYN is dropped is not open to nmap, which leaves it alone then. */
    private static final int BACKLOG = 1_000;

    /** No connection has come for so long: those that nmap has opened have been accepted. */
    private static final int SETTLED_MILLIS = 200;

    private static final byte[] ANSWER =
            "HTTP/1.1 200 OK\r\nServer: Jetty(12.1.14)\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
                    .getBytes(StandardCharsets.US_ASCII);

    private static final AtomicLong SKIPPED_NANOS = new AtomicLong();

    /** Runs, and the time until judgement is skipped. */
    private static final NanoClock CLOCK = new NanoClock() {

        @Override
        public long nanoTime() {
            return System.nanoTime() + SKIPPED_NANOS.get();
        }

        @Override
        public long epochMillis() {
            return System.currentTimeMillis();
        }
    };

    private NmapScenario() {}

    /** How often, and nmap's options. */
    public static void main(String[] args) throws Exception {
        ScanWatch watch = new ScanWatch();
        List<StandardGuard> guards = new ArrayList<>();
        List<String> ports = new ArrayList<>();
        for (int i = 0; i < PORTS; i++) {
            StandardGuard guard = StandardGuard.builder("port-" + i)
                    .configure(Map.of("penalties.ban-at", "100", "penalties.ban-time", "1d"))
                    .clock(CLOCK)
                    .scans(watch)
                    .tickInterval(Duration.ZERO)
                    .build();
            ServerSocket server = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
            ports.add(Integer.toString(server.getLocalPort()));
            daemon(() -> accept(server, guard));
            guards.add(guard);
        }
        int scans = Integer.parseInt(args[0]);
        scan(scans, ports, Arrays.asList(args).subList(1, args.length), guards);
        awaitNoneOpen(guards);
        SKIPPED_NANOS.addAndGet(Duration.ofSeconds(JUDGED_AFTER_SECONDS).toNanos());
        tick(guards);
        StandardGuard first = guards.get(0);
        Set<String> missed = new TreeSet<>(addresses(scans));
        missed.removeAll(first.bans().keySet());
        report("recognised", scans - missed.size());
        report("missed", missed);
        report("scanner", first.scanners().isEmpty() ? "" : first.scanners().get(0));
        report("accepted", first.guard().counts(Attempt.Kind.CONNECTION).admitted());
        report("resets", first.pressure().dropped(NetworkDrops.Counter.HANDSHAKE_RESET));
        report(
                "findings",
                GuardDoctor.findings(first, OptionalLong.empty()).stream()
                        .map(Finding::id)
                        .toList());
        report(
                "open",
                guards.stream().mapToLong(g -> g.status().activeConnections()).sum());
        System.exit(0);
    }

    /** Scans, some at a time, while the guards do what they do each second. */
    private static void scan(int scans, List<String> ports, List<String> options, List<StandardGuard> guards)
            throws Exception {
        tick(guards);
        ExecutorService scanners = Executors.newFixedThreadPool(AT_A_TIME);
        List<Future<?>> all = new ArrayList<>();
        for (String address : addresses(scans)) {
            all.add(scanners.submit(() -> nmap(address, ports, options)));
        }
        scanners.shutdown();
        while (!scanners.awaitTermination(1, TimeUnit.SECONDS)) {
            tick(guards);
        }
        for (Future<?> scan : all) {
            scan.get();
        }
    }

    /** Of the scanners. */
    private static List<String> addresses(int scans) {
        return IntStream.range(0, scans)
                .mapToObj(i -> "127.1." + i / 250 + "." + (i % 250 + 1))
                .toList();
    }

    private static void tick(List<StandardGuard> guards) {
        guards.forEach(guard -> guard.guard().tickSlowly());
        guards.forEach(guard -> guard.guard().tick());
    }

    private static Void nmap(String address, List<String> ports, List<String> options) throws Exception {
        List<String> command =
                new ArrayList<>(List.of("nmap", "-n", "-Pn", "-S", address, "-e", "lo", "-p", String.join(",", ports)));
        command.addAll(options);
        command.add("127.0.0.1");
        Process nmap = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (nmap.waitFor() != 0) {
            throw new IOException("nmap has failed");
        }
        return null;
    }

    /** Sockets are accepted and closed by threads of their own, some when nmap has gone already. */
    private static void awaitNoneOpen(List<StandardGuard> guards) throws InterruptedException {
        long before = -1;
        long accepted = accepted(guards);
        while (accepted != before
                || guards.stream().anyMatch(guard -> guard.status().activeConnections() > 0)) {
            before = accepted;
            Thread.sleep(SETTLED_MILLIS);
            accepted = accepted(guards);
        }
    }

    private static long accepted(List<StandardGuard> guards) {
        return guards.stream()
                .mapToLong(
                        guard -> guard.guard().counts(Attempt.Kind.CONNECTION).admitted())
                .sum();
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        thread.start();
    }

    private static void accept(ServerSocket server, StandardGuard guard) {
        try {
            while (true) {
                Socket socket = server.accept();
                IpAddress peer = IpAddress.of(((InetSocketAddress) socket.getRemoteSocketAddress()).getAddress());
                Attempt attempt = guard.attempts().ofConnection(peer).connection();
                if (guard.guard().tryAdmit(attempt) instanceof Permit permit) {
                    daemon(() -> new Connection(guard, permit, socket).serve());
                }
            }
        } catch (IOException ended) {
            // With the program.
        }
    }

    private static void report(String name, Object value) {
        System.out.println(name + "=" + value);
    }

    /** Answers a request, if one comes. */
    private static final class Connection implements GuardedSocket {

        private final Permit permit;
        private final Socket socket;
        private final OpenConnection open;
        private volatile long bytes;

        private Connection(StandardGuard guard, Permit permit, Socket socket) {
            this.permit = permit;
            this.socket = socket;
            this.open = guard.connections().add(permit.attempt(), false, this, Phase.HEADER);
        }

        private void serve() {
            StringBuilder header = new StringBuilder();
            try (socket) {
                InputStream in = socket.getInputStream();
                for (int next = in.read(); next >= 0; next = in.read()) {
                    header.append((char) next);
                    bytes = header.length();
                    if (header.indexOf(" ") > 0 && header.indexOf("\r\n\r\n") > 0) {
                        open.enter(Phase.SERVING);
                        socket.getOutputStream().write(ANSWER);
                        break;
                    }
                }
            } catch (IOException reset) {
                // As nmap ends its connections.
            }
            open.closed();
            permit.release(Outcome.SUCCESS);
        }

        @Override
        public boolean awaitsBody() {
            return false;
        }

        @Override
        public long bytesRead() {
            return bytes;
        }

        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException gone) {
                // It is closed all the same.
            }
        }
    }
}
