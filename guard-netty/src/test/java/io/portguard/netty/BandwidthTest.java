package io.portguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.NanoClock;
import io.portguard.connection.GuardedSocket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Caps on what each client sends and is sent, over real sockets. */
class BandwidthTest {

    private static final int RATE = 100_000;
    private static final int FAST = 4 * RATE;

    /** What one connection has read when it finds the bucket empty. */
    private static final int ONE_READ = 1 << 16;

    private static final String ONE_CLIENT = "127.0.0.1";
    private static final String ANOTHER = "127.0.0.2";

    private final FakeClock clock = new FakeClock();
    private final List<Socket> sockets = new ArrayList<>();
    private LoopbackServer server;

    @AfterEach
    void nothingIsLeft() throws IOException {
        if (server == null) {
            return; // Its transport is not there.
        }
        for (Socket socket : sockets) {
            socket.close();
        }
        // That a client has gone is learned by reading, and this time stands still.
        server.guard.settings().tune("clients.read-rate", "unset", 0);
        server.close();
    }

    private void start(Transport transport, NanoClock time, Map<String, String> settings) {
        transport.assumeAvailable();
        server = new LoopbackServer(settings, builder -> builder.clock(time), Protocol.HTTP_1, transport);
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void theConnectionsOfOneClientShareWhatItMayBeSent(Transport transport) throws Exception {
        start(transport, NanoClock.system(), Map.of("clients.write-rate", String.valueOf(FAST)));
        long begun = System.nanoTime();
        AtomicLong received = new AtomicLong();
        CompletableFuture<String> first = download(ONE_CLIENT, received);
        CompletableFuture<String> second = download(ONE_CLIENT, received);
        Eventually.until("both are done", () -> {
            long sofar = received.get();
            assertThat(sofar).isLessThanOrEqualTo(allowedSince(begun));
            return isDone(first, second);
        });
        assertThat(first.get()).isEqualTo(LoopbackServer.LARGE).isEqualTo(second.get());
        assertThat(received.get()).isGreaterThan(2L * LoopbackServer.LARGE.length());
        assertThat(allowedSince(begun)).isGreaterThanOrEqualTo(received.get());
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void theConnectionsOfOneClientShareWhatItMaySend(Transport transport) throws Exception {
        start(transport, NanoClock.system(), Map.of("clients.read-rate", String.valueOf(FAST)));
        long begun = System.nanoTime();
        CompletableFuture<String> first = upload(ONE_CLIENT, FAST);
        CompletableFuture<String> second = upload(ONE_CLIENT, FAST);
        Eventually.until("both are done", () -> {
            long sofar = bytesRead();
            assertThat(sofar).isLessThanOrEqualTo(allowedSince(begun) + 2 * ONE_READ);
            return isDone(first, second);
        });
        assertThat(first.get()).startsWith("HTTP/1.1 200");
        assertThat(second.get()).startsWith("HTTP/1.1 200");
        assertThat(bytesRead()).isEqualTo(2L * FAST);
    }

    /** The bytes of one second, and those of the time that has passed. */
    private static long allowedSince(long begunNanos) {
        return FAST + (System.nanoTime() - begunNanos) * FAST / 1_000_000_000L;
    }

    @Test
    void anotherClientIsNotHeldUp() throws Exception {
        start(
                Transport.NIO,
                clock,
                Map.of("clients.read-rate", String.valueOf(RATE), "clients.write-rate", String.valueOf(RATE)));
        AtomicLong received = new AtomicLong();
        CompletableFuture<String> heavy = download(ONE_CLIENT, received);
        CompletableFuture<String> heavyToo = upload(ONE_CLIENT, FAST);
        Eventually.until("one is held up while it sends", () -> is(GuardedConnection::isHeldUp));
        Eventually.until("one is held up while it reads", () -> is(GuardedConnection::areWritesHeld));

        assertThat(upload(ANOTHER, RATE - 1_000).get()).startsWith("HTTP/1.1 200");
        assertThat(isDone(heavy, heavyToo)).isFalse();
    }

    @Test
    void aCapThatIsSetWhileAConnectionIsOpenHoldsForIt() throws Exception {
        start(Transport.NIO, clock, Map.of());
        RawClient client = client(ONE_CLIENT);
        assertThat(client.get("/hello")).startsWith("HTTP/1.1 200");

        server.guard.settings().tune("clients.write-rate", String.valueOf(RATE), 0);
        // Its loop is told, and may read a request that is there before it turns to what it was told.
        Eventually.until("the cap is at the connection", () -> is(BandwidthTest::isCapped));
        CompletableFuture<String> large = download(client, new AtomicLong());
        Eventually.until("it is held up", () -> is(GuardedConnection::areWritesHeld));

        server.guard.settings().tune("clients.write-rate", "unset", 0);
        assertThat(large.get()).isEqualTo(LoopbackServer.LARGE);
    }

    @Test
    void whoIsHeldUpIsNotClosedForBeingSlow() throws Exception {
        start(
                Transport.NIO,
                clock,
                Map.of(
                        "clients.read-rate", String.valueOf(RATE),
                        "connections.min-data-rate", "1000",
                        "connections.request-timeout", "5s"));
        CompletableFuture<String> body = upload(ONE_CLIENT, RATE + RATE / 2);
        Eventually.until("its body is held up", () -> is(GuardedConnection::isHeldUp));
        RawClient another = client(ONE_CLIENT).send("GET /hello HTTP/1.1\r\nX-Long: ");
        Eventually.until("its header is held up", () -> held(GuardedConnection::isHeldUp) == 2);

        clock.advance(Duration.ofMillis(5_100));
        server.guard.guard().tick();
        assertThat(server.activeConnections()).isEqualTo(2);
        Eventually.until("both go on", () -> !is(GuardedConnection::isHeldUp));
        server.guard.guard().tick();
        assertThat(server.activeConnections()).isEqualTo(2);

        assertThat(another.send("end\r\n\r\n").response()).startsWith("HTTP/1.1 200");
        assertThat(body.get()).startsWith("HTTP/1.1 200");
    }

    @Test
    void nothingIsHeldUpInShadow() throws Exception {
        start(
                Transport.NIO,
                clock,
                Map.of("mode", "shadow", "clients.write-rate", "1000", "clients.read-rate", "1000"));
        assertThat(upload(ONE_CLIENT, FAST).get()).startsWith("HTTP/1.1 200");
        assertThat(download(ONE_CLIENT, new AtomicLong()).get()).isEqualTo(LoopbackServer.LARGE);
    }

    private long bytesRead() {
        AtomicLong sum = new AtomicLong();
        server.guard.connections().forEachSocket(socket -> sum.addAndGet(socket.bytesRead()));
        return sum.get();
    }

    private boolean is(Predicate<GuardedConnection> so) {
        return held(so) > 0;
    }

    private long held(Predicate<GuardedConnection> so) {
        List<GuardedSocket> found = new ArrayList<>();
        server.guard.connections().forEachSocket(socket -> {
            if (so.test((GuardedConnection) socket)) {
                found.add(socket);
            }
        });
        return found.size();
    }

    private static boolean isCapped(GuardedConnection connection) {
        return connection.channel().pipeline().get(BandwidthGuard.class) != null;
    }

    private static boolean isDone(CompletableFuture<?>... all) {
        return CompletableFuture.allOf(all).isDone();
    }

    private RawClient client(String from) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port(), InetAddress.getByName(from), 0);
        sockets.add(socket);
        return new RawClient(socket);
    }

    /** Sends a body; the answer. */
    private CompletableFuture<String> upload(String from, int length) throws IOException {
        RawClient client = client(from);
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        client.send(
                                "POST /hello HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + length + "\r\n\r\n");
                        return client.send("x".repeat(length)).response();
                    } catch (IOException closed) {
                        return closed.toString();
                    }
                },
                BandwidthTest::inItsOwnThread);
    }

    /** Those of the common pool may be fewer than those that wait for a server here. */
    private static void inItsOwnThread(Runnable client) {
        new Thread(client).start();
    }

    /** The body of a large answer, whose bytes are counted as they come. */
    private CompletableFuture<String> download(String from, AtomicLong received) throws IOException {
        return download(client(from), received);
    }

    /** Reads all the time: a client that does not is not paid for in advance, and so never held up by its cap. */
    private static CompletableFuture<String> download(RawClient client, AtomicLong received) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        client.send("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n");
                        InputStream in = client.socket().getInputStream();
                        ByteArrayOutputStream answer = new ByteArrayOutputStream();
                        byte[] some = new byte[1 << 13];
                        while (answer.size() < LoopbackServer.LARGE.length()
                                || !answer.toString(StandardCharsets.US_ASCII).endsWith(LoopbackServer.LARGE)) {
                            int read = in.read(some);
                            received.addAndGet(read);
                            answer.write(some, 0, read);
                        }
                        return LoopbackServer.LARGE;
                    } catch (IOException closed) {
                        return closed.toString();
                    }
                },
                BandwidthTest::inItsOwnThread);
    }
}
