package io.portguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Failure;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients of HTTP/2 that ask for answers and leave no window for them. */
@Timeout(60)
class WindowWatchTest {

    private static final int INITIAL_WINDOW_SIZE = 4;
    private static final byte[] CLOSED = Http2Client.setting(INITIAL_WINDOW_SIZE, 0);

    private static LoopbackServer server(Map<String, String> settings) {
        return new LoopbackServer(settings, Protocol.HTTP_2);
    }

    @Test
    void whoOpensNoWindowLosesTheConnection() throws Exception {
        try (LoopbackServer server =
                        server(Map.of("connections.idle-timeout", "1s", "connections.request-timeout", "1s"));
                Http2Client closed = new Http2Client(server.port(), CLOSED)) {
            closed.get("/hello");
            closed.get("/large");
            closed.flush();
            assertThat(closed.readUntil(Http2Client.DATA))
                    .as("it ends without data")
                    .isNull();
            Eventually.until("nothing is left", () -> server.activeConnections() == 0 && server.activeRequests() == 0);
            assertThat(server.guard.penalties().failures(Failure.TIMEOUT)).isOne();
        }
    }

    @Test
    void whoOpensItsWindowsNowAndThenIsServed() throws Exception {
        try (LoopbackServer server =
                        server(Map.of("connections.idle-timeout", "2s", "connections.request-timeout", "2s"));
                Http2Client slow = new Http2Client(server.port(), CLOSED)) {
            int stream = slow.get("/hello");
            slow.flush();
            StringBuilder body = new StringBuilder();
            for (int i = 0; i < "hello".length(); i++) {
                Thread.sleep(700); // all of it takes longer than a connection may be idle
                slow.frame(
                                Http2Client.WINDOW_UPDATE,
                                0,
                                stream,
                                ByteBuffer.allocate(4).putInt(1).array())
                        .flush();
                body.append((char) slow.readUntil(Http2Client.DATA).payload().get());
            }
            assertThat(body).hasToString("hello");
            Eventually.until("the request has ended", () -> server.activeRequests() == 0);
        }
    }

    @Test
    void wherePlacesAreShortOthersGetThem() throws Exception {
        try (LoopbackServer server =
                        server(Map.of("requests.concurrency.algorithm", "fixed", "requests.concurrency.max", "20"));
                Socket socket = new Socket(
                        InetAddress.getLoopbackAddress(), server.port(), InetAddress.getByName("127.0.0.2"), 0);
                Http2Client closed = new Http2Client(socket).begin(CLOSED);
                Http2Client other = new Http2Client(server.port())) {
            for (int i = 0; i < 20; i++) {
                closed.get("/hello");
            }
            closed.flush();
            Eventually.until("all places are taken", () -> server.activeRequests() == 20);
            Eventually.until(
                    "another client is served",
                    () -> other.answer(other.get("/hello")).status() == 200);
        }
    }
}
