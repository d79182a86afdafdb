package io.portguard.servlet.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.servlet.Await;
import io.portguard.servlet.RawClient;
import io.portguard.servlet.RunningTomcat;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ConnectionTimeoutTest {

    @Test
    void oneThatSaysNothingIsClosed() throws Exception {
        try (RunningTomcat tomcat = RunningTomcat.with()
                        .setting("connections.request-timeout", "100ms")
                        .start();
                RawClient silent = new RawClient(tomcat.localPort)) {
            assertThat(silent.isClosedByServer()).isTrue();
            tomcat.awaitNothingActive();
        }
    }

    @Test
    void aHeaderThatTricklesInIsTimedAsAWhole() throws Exception {
        try (RunningTomcat tomcat = RunningTomcat.with()
                        .setting("connections.request-timeout", "1s")
                        .start();
                RawClient fresh = new RawClient(tomcat.localPort);
                RawClient kept = new RawClient(tomcat.localPort)) {
            kept.get("/ok").read();
            for (RawClient client : List.of(fresh, kept)) {
                client.sendBytes("GET /ok HTTP/1.1\r\nHost: test\r\nX-Slow: ");
                Await.until("closed while it still sent", () -> !trickles(client));
            }
        }
    }

    /** Sends one more byte after a while; returns whether the connection was still there for it. */
    private static boolean trickles(RawClient client) {
        LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        try {
            client.sendBytes("x");
            return true;
        } catch (IOException closed) {
            return false;
        }
    }

    @Test
    void aBodyMayTakeLongerThanAHeader() throws Exception {
        try (RunningTomcat tomcat = RunningTomcat.with()
                        .setting("connections.request-timeout", "1s")
                        .servlet(
                                "/upload",
                                (request, response) -> response.getWriter()
                                        .print(request.getInputStream().readAllBytes().length))
                        .start();
                RawClient client = new RawClient(tomcat.localPort)) {
            client.send("POST /upload HTTP/1.1", "Host: test", "Content-Length: 50", "");
            for (int i = 0; i < 50; i++) {
                assertThat(trickles(client)).isTrue();
            }
            assertThat(client.read().body()).isEqualTo("50");
        }
    }

    @Test
    void anIdleConnectionIsClosedAfterATimeThatCanBeTuned() throws Exception {
        try (RunningTomcat tomcat = RunningTomcat.with().start();
                RawClient client = new RawClient(tomcat.localPort)) {
            assertThat(client.get("/ok").read().status()).isEqualTo(200);
            assertThat(((GuardedHttp11NioProtocol) tomcat.protocol()).endpoint().getKeepAliveTimeout())
                    .isEqualTo(60_000);
            tomcat.port.settings().tune("connections.idle-timeout", "100ms", 0);
            assertThat(((GuardedHttp11NioProtocol) tomcat.protocol()).endpoint().getKeepAliveTimeout())
                    .isEqualTo(100);
            assertThat(client.get("/ok").read().status()).isEqualTo(200);
            assertThat(client.isClosedByServer()).isTrue();
        }
    }
}
