package io.portguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Failure;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Floods of HTTP/2 frames: each ends its connection, counts against its client, and leaves others alone. */
class Http2FloodTest {

    private final LoopbackServer server = new LoopbackServer(
            Map.of("requests.concurrency.algorithm", "fixed", "shedding.enabled", "false"), Protocol.HTTP_2);
    private final Http2Client client = new Http2Client(server.port());

    @AfterEach
    void isCountedAndNothingIsLeft() {
        Eventually.until(
                "it is held against the client", () -> server.guard.penalties().failures(Failure.PROTOCOL_ABUSE) >= 1);
        try (Http2Client polite = new Http2Client(server.port())) {
            assertThat(polite.answer(polite.get("/hello")).body()).isEqualTo("hello");
        }
        client.close();
        server.close();
    }

    /** MadeYouReset (CVE-2025-8671): the client has the server reset its streams, by frames that are wrong on them. */
    @Test
    void streamsThatTheServerIsMadeToReset() {
        byte[] nothing = ByteBuffer.allocate(4).putInt(0).array();
        floodUntilTheDoorIsShown(() -> {
            int stream = client.get("/hold");
            client.frame(Http2Client.WINDOW_UPDATE, 0, stream, nothing);
        });
        Eventually.until("nothing is in progress", () -> server.activeRequests() == 0);
    }

    @Test
    void smallContinuationFrames() {
        client.frame(Http2Client.HEADERS, 0, 1, Http2Client.block(":method", "GET"));
        floodUntilTheDoorIsShown(
                () -> client.frame(Http2Client.CONTINUATION, 0, 1, Http2Client.block("x-more", "of this")));
    }

    @Test
    void aHeaderThatDoesNotEnd() {
        client.frame(Http2Client.HEADERS, 0, 1, Http2Client.block(":method", "GET"));
        byte[] large = Http2Client.block("x-more", "x".repeat(100)).clone();
        ByteBuffer block = ByteBuffer.allocate(16_000 / large.length * large.length);
        while (block.hasRemaining()) {
            block.put(large);
        }
        floodUntilTheDoorIsShown(() -> client.frame(Http2Client.CONTINUATION, 0, 1, block.array()));
    }

    @Test
    void settings() {
        floodUntilTheDoorIsShown(() -> client.frame(Http2Client.SETTINGS, 0, 0, new byte[0]));
    }

    @Test
    void pings() {
        floodUntilTheDoorIsShown(() -> client.frame(Http2Client.PING, 0, 0, new byte[8]));
    }

    @Test
    void emptyData() {
        int stream = client.request(0, "POST", "/hello");
        floodUntilTheDoorIsShown(() -> client.frame(Http2Client.DATA, 0, stream, new byte[0]));
    }

    @Test
    void priorities() {
        floodUntilTheDoorIsShown(() -> client.frame(Http2Client.PRIORITY, 0, 3, new byte[5]));
    }

    private void floodUntilTheDoorIsShown(Runnable frame) {
        try {
            for (int i = 0; i < 12_000; i++) {
                frame.run();
                if (i % 100 == 0) {
                    client.flush();
                }
            }
            client.flush();
        } catch (UncheckedIOException closed) {
            // It has been: what was sent after that is answered with a reset, which may swallow the GOAWAY.
            return;
        }
        assertThat(client.readUntil(Http2Client.GOAWAY).errorCode()).isNotEqualTo(Http2Client.NO_ERROR);
    }
}
