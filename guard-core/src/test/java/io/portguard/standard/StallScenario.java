package io.portguard.standard;

import io.portguard.Attempt;
import io.portguard.ClientKey;
import io.portguard.ConnectionStance;
import io.portguard.IpAddress;
import io.portguard.Outcome;
import io.portguard.Permit;
import io.portguard.Reason;
import io.portguard.proc.Proc;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A service whose acceptor is too slow, or blocked, or whose executor is stalled, on purpose, under clients that keep
 * coming; with a guard or without. It reports when load was first shed and when the kernel's accept queue first
 * overflowed. To be run in a network namespace of its own.
 */
final class StallScenario {

    private static final int BACKLOG = 128;
    private static final long LASTS_NANOS = TimeUnit.SECONDS.toNanos(6);
    private static final long BETWEEN_CLIENTS_NANOS = TimeUnit.MILLISECONDS.toNanos(15);
    private static final int PLACES_IN_EXECUTOR = 110;

    private final String stalled;
    private final @Nullable StandardGuard guard;
    private final ServerSocketChannel server = ServerSocketChannel.open();
    private final ExecutorService workers = Executors.newFixedThreadPool(4);
    private final Semaphore places = new Semaphore(PLACES_IN_EXECUTOR);
    private final CountDownLatch over = new CountDownLatch(1);
    private final List<SocketChannel> open = new ArrayList<>();
    private final long beganNanos = System.nanoTime();

    private StallScenario(String stalled, @Nullable StandardGuard guard) throws IOException {
        this.stalled = stalled;
        this.guard = guard;
    }

    /** {@code slow-acceptor}, {@code blocked-acceptor} or {@code executor}; {@code guarded} or {@code bare}. */
    public static void main(String[] args) throws Exception {
        StandardGuard guard =
                args[1].equals("guarded") ? StandardGuard.builder("stalled").build() : null;
        new StallScenario(args[0], guard).run();
        System.exit(0);
    }

    private void run() throws Exception {
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
        InetSocketAddress address = (InetSocketAddress) server.getLocalAddress();
        if (guard != null) {
            guard.watchBacklog(address.getPort(), BACKLOG);
            guard.queueDelay().watch(workers);
        }
        Thread acceptor = new Thread(this::accept);
        acceptor.setDaemon(true);
        acceptor.start();
        long overflowsBefore = overflows();
        long firstOverflow = -1;
        long firstShed = -1;
        ConnectionStance severest = ConnectionStance.ACCEPT;
        for (long next = System.nanoTime(); sinceBegin() < LASTS_NANOS; next += BETWEEN_CLIENTS_NANOS) {
            SocketChannel client = SocketChannel.open();
            client.configureBlocking(false);
            client.connect(address);
            open.add(client);
            while (System.nanoTime() - next < 0) {
                TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
            }
            if (firstOverflow < 0 && overflows() > overflowsBefore) {
                firstOverflow = sinceBegin();
            }
            if (guard != null) {
                firstShed = firstShed < 0 && guard.status().sheddingLevel() > 0 ? sinceBegin() : firstShed;
                ConnectionStance now = guard.connectionStance();
                severest = now.compareTo(severest) > 0 ? now : severest;
            }
        }
        report("overflows", overflows() - overflowsBefore);
        report("firstOverflowMillis", TimeUnit.NANOSECONDS.toMillis(firstOverflow));
        if (guard != null) {
            report("firstShedMillis", firstShed < 0 ? -1 : TimeUnit.NANOSECONDS.toMillis(firstShed));
            report("severest", severest);
            report("closed", guard.guard().counts(Attempt.Kind.CONNECTION).rejected(Reason.OVERLOAD));
            report("events", guard.pressure().events());
        }
        over.countDown();
    }

    private long sinceBegin() {
        return System.nanoTime() - beganNanos;
    }

    private static long overflows() throws IOException {
        return Proc.ofThisSystem().netstat().get("TcpExt:ListenOverflows");
    }

    /** As an adapter does it: looks at the stance before it accepts, and asks for each connection. */
    private void accept() {
        try {
            if (stalled.equals("blocked-acceptor")) {
                over.await();
            }
            while (true) {
                if (guard != null && guard.connectionStance() == ConnectionStance.PAUSE) {
                    TimeUnit.MILLISECONDS.sleep(1);
                    continue;
                }
                SocketChannel connection = server.accept();
                Permit permit = guard == null ? null : admit(guard);
                if (guard != null && permit == null) {
                    connection.close();
                } else {
                    serve(connection, permit);
                }
            }
        } catch (IOException | InterruptedException ended) {
            // With the program.
        }
    }

    private static @Nullable Permit admit(StandardGuard guard) {
        IpAddress peer = IpAddress.ofIpv4(0x7f000001);
        return guard.guard().tryAdmit(Attempt.connection(guard.guard().client(ClientKey.of(peer)), peer))
                        instanceof Permit permit
                ? permit
                : null;
    }

    private void serve(SocketChannel connection, @Nullable Permit permit) throws InterruptedException {
        if (stalled.equals("slow-acceptor")) {
            TimeUnit.MILLISECONDS.sleep(40);
            end(connection, permit);
        } else {
            places.acquire();
            workers.execute(() -> {
                try {
                    over.await();
                } catch (InterruptedException ended) {
                    Thread.currentThread().interrupt();
                }
                end(connection, permit);
                places.release();
            });
        }
    }

    private static void end(SocketChannel connection, @Nullable Permit permit) {
        try {
            connection.close();
        } catch (IOException gone) {
            // It is closed all the same.
        }
        if (permit != null) {
            permit.release(Outcome.SUCCESS);
        }
    }

    private static void report(String name, Object value) {
        System.out.println(name + "=" + value);
    }
}
