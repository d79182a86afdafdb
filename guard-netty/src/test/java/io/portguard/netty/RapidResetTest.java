package io.portguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.portguard.ClientKey;
import io.portguard.Failure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams that are opened and reset at once (CVE-2023-44487), 100,000 of them, from an address of their own. */
@Timeout(60)
class RapidResetTest {

    private static final int STREAMS = 100_000;
    private static final byte[] WINDOW_OF_A_GIGABYTE = {0x40, 0, 0, 0};
    private static final int NETTYS_LIMIT = 200;
    /** How often {@link #othersAreServedMeanwhile} measures; a median takes more. */
    private static final int ROUNDS = Integer.getInteger("portguard.rapid-reset.rounds", 1);

    /** Netty's own limit of 200 resets in half a minute switched off. */
    private static final Protocol WITHOUT_NETTYS_LIMIT = (pipeline, app) -> pipeline.addLast(
            Http2FrameCodecBuilder.forServer()
                    .decoderEnforceMaxRstFramesPerWindow(0, 0)
                    .build(),
            new Http2MultiplexHandler(Protocol.streams(app)));

    @Test
    void onConnectionsThatNettyEndsOneAfterTheOther() throws Exception {
        flood(Protocol.HTTP_2);
    }

    /** Nothing is configured: the offender may connect again, and each connection ends with the first stream it resets. */
    @Test
    void withNothingConfigured() throws Exception {
        try (LoopbackServer server = new LoopbackServer(Map.of(), Protocol.HTTP_2);
                Http2Client polite = new Http2Client(server.port())) {
            p99(polite, 300);
            long unloaded = p99(polite, 500);
            long before = server.admittedRequests();

            RapidReset attack = new RapidReset(server.port(), STREAMS);
            attack.start();
            long loaded = p99(polite, 500);
            attack.join();

            Eventually.until("nothing is in flight", () -> server.activeRequests() == 0);
            assertThat(polite.answer(polite.get("/hello")).status()).isEqualTo(200);
            long served = server.admittedRequests() - before - 501;
            assertThat(served)
                    .as("streams served, before Netty ended the first connection and one on each of the others")
                    .isLessThanOrEqualTo(NETTYS_LIMIT + 1 + attack.connections());
            assertThat(server.guard.penalties().failures(Failure.PROTOCOL_ABUSE))
                    .isGreaterThanOrEqualTo(attack.connections() / 2);
            report(server, attack.connections(), loaded, unloaded);
        }
    }

    @Test
    void whoWasShownTheDoorIsShownItAtTheNextReset() throws Exception {
        try (LoopbackServer server = new LoopbackServer(Map.of(), Protocol.HTTP_2);
                Http2Client first = new Http2Client(server.port())) {
            for (int i = 0; i <= NETTYS_LIMIT; i++) {
                first.reset(first.get("/hold"));
            }
            first.flush();
            assertThat(first.readUntil(Http2Client.GOAWAY).errorCode()).isEqualTo(Http2Client.ENHANCE_YOUR_CALM);

            try (Http2Client second = new Http2Client(server.port())) {
                assertThat(second.answer(second.get("/hello")).status()).isEqualTo(200);
                second.reset(second.get("/hold"));
                second.flush();
                assertThat(second.readUntil(Http2Client.GOAWAY).errorCode()).isEqualTo(Http2Client.ENHANCE_YOUR_CALM);
            }
        }
    }

    @Test
    void onOneConnectionThatNobodyEnds() throws Exception {
        flood(WITHOUT_NETTYS_LIMIT);
    }

    private static void flood(Protocol protocol) throws Exception {
        try (LoopbackServer server = new LoopbackServer(Map.of("penalties.ban-at", "50"), protocol);
                Http2Client polite = new Http2Client(server.port())) {
            p99(polite, 300); // what is slow only once
            long unloaded = p99(polite, 500);

            RapidReset attack = new RapidReset(server.port(), STREAMS);
            attack.start();
            long loaded = p99(polite, 500);
            attack.join();

            Eventually.until("nothing is in flight", () -> server.activeRequests() == 0);
            assertThat(polite.answer(polite.get("/hello")).status()).isEqualTo(200);
            assertThat(server.guard.bans())
                    .as("the offender")
                    .containsOnlyKeys(ClientKey.of(RapidReset.OFFENDER).toString());
            report(server, attack.connections(), loaded, unloaded);
        }
    }

    private static void report(LoopbackServer server, int connections, long loaded, long unloaded) {
        System.out.printf(
                "rapid reset: %d of %d streams served, %d connections tried; p99 of others %.2f ms, unloaded %.2f ms%n",
                server.admittedRequests(), STREAMS, connections, loaded / 1e6, unloaded / 1e6);
    }

    /**
     * Server, attacker and others in processes of their own, and for comparison the same attack on another server while
     * others ask this one: what that does to them is what the attacker takes of the machine.
     */
    @Test
    @Timeout(300)
    void othersAreServedMeanwhile() throws Exception {
        List<Long> unloaded = new ArrayList<>();
        List<Long> attacked = new ArrayList<>();
        List<Long> elsewhere = new ArrayList<>();
        try (RapidResetProcess server = RapidResetProcess.server();
                RapidResetProcess other = RapidResetProcess.server();
                Http2Client polite = new Http2Client(server.number())) {
            polite.frame(Http2Client.WINDOW_UPDATE, 0, 0, WINDOW_OF_A_GIGABYTE).flush();
            p99(polite, 20_000);
            for (int round = 0; round < ROUNDS; round++) {
                unloaded.add(p99(polite, 5_000));
                attacked.add(p99During(polite, server.number()));
                elsewhere.add(p99During(polite, other.number()));
            }
            assertThat(server.ask()).as("in flight").isZero();
        }
        System.out.printf(
                "rapid reset, processes of their own: p99 of others %.2f ms, attacked %.2f ms, while another server is attacked"
                        + " %.2f ms (medians of %d)%n",
                millis(unloaded), millis(attacked), millis(elsewhere), ROUNDS);
    }

    private static long p99During(Http2Client polite, int attacked) throws Exception {
        try (RapidResetProcess attacker = RapidResetProcess.attacker(attacked)) {
            LongStream.Builder times = LongStream.builder();
            CompletableFuture<Integer> connections = CompletableFuture.supplyAsync(attacker::ask);
            while (!connections.isDone()) {
                times.add(time(polite));
            }
            assertThat(connections.get()).isPositive();
            return p99(times.build().toArray());
        }
    }

    private static double millis(List<Long> nanos) {
        return nanos.stream().sorted().toList().get(nanos.size() / 2) / 1e6;
    }

    private static long p99(Http2Client client, int requests) {
        return p99(LongStream.generate(() -> time(client)).limit(requests).toArray());
    }

    private static long p99(long[] times) {
        Arrays.sort(times);
        return times[times.length * 99 / 100];
    }

    private static long time(Http2Client client) {
        long begun = System.nanoTime();
        assertThat(client.answer(client.get("/hello")).status()).isEqualTo(200);
        return System.nanoTime() - begun;
    }
}
