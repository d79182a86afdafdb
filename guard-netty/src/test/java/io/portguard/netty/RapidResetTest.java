package io.portguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.portguard.ClientKey;
import io.portguard.IpAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams that are opened and reset at once (CVE-2023-44487), 100,000 of them, from an address of their own. */
@Timeout(60)
class RapidResetTest {

    private static final int STREAMS = 100_000;
    private static final int AT_ONCE = 100;
    private static final IpAddress OFFENDER = IpAddress.parse("127.0.0.2").orElseThrow();

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

    @Test
    void onOneConnectionThatNobodyEnds() throws Exception {
        flood(WITHOUT_NETTYS_LIMIT);
    }

    private static void flood(Protocol protocol) throws Exception {
        try (LoopbackServer server = new LoopbackServer(Map.of("penalties.ban-at", "50"), protocol);
                Http2Client polite = new Http2Client(server.port())) {
            p99(polite, 300); // what is slow only once
            long unloaded = p99(polite, 500);

            AtomicInteger connections = new AtomicInteger();
            Thread attacker = new Thread(() -> connections.set(attack(server.port())), "attacker");
            attacker.start();
            long loaded = p99(polite, 500);
            attacker.join();

            Eventually.until("nothing is in flight", () -> server.activeRequests() == 0);
            assertThat(polite.answer(polite.get("/hello")).status()).isEqualTo(200);
            assertThat(server.guard.bans())
                    .as("the offender")
                    .containsOnlyKeys(ClientKey.of(OFFENDER).toString());
            System.out.printf(
                    "rapid reset: %d of %d streams served, %d connections tried; p99 of others %.2f ms, unloaded %.2f ms%n",
                    server.admittedRequests(), STREAMS, connections.get(), loaded / 1e6, unloaded / 1e6);
        }
    }

    /** Opens and resets all streams, on as many connections as it takes; returns how many that were. */
    private static int attack(int port) {
        int connections = 0;
        int sent = 0;
        while (sent < STREAMS) {
            connections++;
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port, OFFENDER.toInetAddress(), 0);
                    Http2Client client = new Http2Client(socket)) {
                client.begin(new byte[0]);
                while (sent < STREAMS) {
                    for (int i = 0; i < AT_ONCE; i++) {
                        client.reset(client.get("/hold"));
                    }
                    sent += AT_ONCE; // also those that a closed connection swallows
                    client.flush();
                }
                client.readUntil(Http2Client.GOAWAY);
            } catch (IOException | UncheckedIOException closed) {
                // The server has had enough of this connection, or of this client.
                sent += AT_ONCE;
            }
        }
        return connections;
    }

    private static long p99(Http2Client client, int requests) {
        long[] times = new long[requests];
        for (int i = 0; i < requests; i++) {
            long begun = System.nanoTime();
            assertThat(client.answer(client.get("/hello")).status()).isEqualTo(200);
            times[i] = System.nanoTime() - begun;
        }
        Arrays.sort(times);
        return times[requests * 99 / 100];
    }
}
