package io.portguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Failure;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is no HTTP, or none that can be read, counts against who sent it. */
class MalformedRequestTest {

    private static long malformed(LoopbackServer server) {
        return server.guard.penalties().failures(Failure.MALFORMED_REQUEST);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: localhost\r\nA\u0001b: c\r\n\r\n",
                "GET / HTTP/x\r\nHost: localhost\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"
            })
    void whatCannotBeReadIsCountedOnce(String request) throws Exception {
        try (LoopbackServer server = new LoopbackServer(Map.of());
                RawClient client = server.connect()) {
            assertThat(client.get("/")).startsWith("HTTP/1.1 200");
            assertThat(malformed(server)).isZero();
            client.send(request);
            Eventually.until("it is counted", () -> malformed(server) > 0);
            assertThat(malformed(server)).isOne();
        }
    }

    @Test
    void whoGoesAwayInTheMiddleHasSentNothingWrong() throws Exception {
        try (LoopbackServer server = new LoopbackServer(Map.of())) {
            try (RawClient client = server.connect()) {
                assertThat(client.get("/missing")).startsWith("HTTP/1.1");
                client.send("GET / HTTP/1.1\r\nHost: loc");
            }
            Eventually.until("it is closed", () -> server.activeConnections() == 0);
            assertThat(malformed(server)).isZero();
        }
    }
}
