package io.portguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.portguard.ClientKey;
import io.portguard.Failure;
import io.portguard.IpAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams that are opened and reset at once (CVE-2023-44487), 100,000 of them, from an address of their own. */
@Timeout(60)
class RapidResetTest {

    private static final int STREAMS = 100_000;
    private static final int AT_ONCE = 100;
    private static final int NETTYS_LIMIT = 200;
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

    /** Nothing is configured: the offender may connect again, and each connection ends with the first stream it resets. */
    @Test
    void withNothingConfigured() throws Exception {
        try (LoopbackServer server = new LoopbackServer(Map.of(), Protocol.HTTP_2);
                Http2Client polite = new Http2Client(server.port())) {
            p99(polite, 300);
            long unloaded = p99(polite, 500);
            long before = server.admittedRequests();

            Attack attack = new Attack(server.port());
            attack.start();
            long loaded = p99(polite, 500);
            attack.join();

            Eventually.until("nothing is in flight", () -> server.activeRequests() == 0);
            assertThat(polite.answer(polite.get("/hello")).status()).isEqualTo(200);
            long served = server.admittedRequests() - before - 501;
            assertThat(served)
                    .as("streams served, before Netty ended the first connection and one on each of the others")
                    .isLessThanOrEqualTo(NETTYS_LIMIT + 1 + attack.connections);
            assertThat(server.guard.penalties().failures(Failure.PROTOCOL_ABUSE))
                    .isGreaterThanOrEqualTo(attack.connections / 2);
            report(server, attack.connections, loaded, unloaded);
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

            Attack attack = new Attack(server.port());
            attack.start();
            long loaded = p99(polite, 500);
            attack.join();

            Eventually.until("nothing is in flight", () -> server.activeRequests() == 0);
            assertThat(polite.answer(polite.get("/hello")).status()).isEqualTo(200);
            assertThat(server.guard.bans())
                    .as("the offender")
                    .containsOnlyKeys(ClientKey.of(OFFENDER).toString());
            report(server, attack.connections, loaded, unloaded);
        }
    }

    private static void report(LoopbackServer server, int connections, long loaded, long unloaded) {
        System.out.printf(
                "rapid reset: %d of %d streams served, %d connections tried; p99 of others %.2f ms, unloaded %.2f ms%n",
                server.admittedRequests(), STREAMS, connections, loaded / 1e6, unloaded / 1e6);
    }

    /** Opens and resets all streams, on as many connections as it takes. */
    private static final class Attack extends Thread {

        private final int port;

        /** To be read when it has ended. */
        private int connections;

        Attack(int port) {
            super("attacker");
            this.port = port;
        }

        @Override
        public void run() {
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
        }
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
