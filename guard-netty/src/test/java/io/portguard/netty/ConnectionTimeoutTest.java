package io.portguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Mode;
import io.portguard.Reason;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConnectionTimeoutTest {

    private final EmbeddedServer server =
            new EmbeddedServer(Map.of("connections.request-timeout", "10s", "connections.idle-timeout", "60s"));

    @AfterEach
    void nothingIsLeft() {
        server.close();
    }

    @Test
    void aConnectionThatSaysNothingIsClosed() {
        server.pass(Duration.ofMillis(9_980));
        assertThat(server.channel.isOpen()).isTrue();
        server.pass(Duration.ofMillis(20));
        assertThat(server.channel.isOpen()).isFalse();
    }

    @Test
    void oneThatSendsItsHeaderSlowlyIsClosedAtTheSameTime() {
        server.send("GET /job HTTP/1.1\r\n");
        for (int i = 0; i < 9; i++) {
            server.pass(Duration.ofSeconds(1));
            server.send("X-Slow: " + i + "\r\n");
        }
        assertThat(server.channel.isOpen()).isTrue();
        server.pass(Duration.ofSeconds(1));
        assertThat(server.channel.isOpen()).isFalse();
    }

    @Test
    void aRequestInProgressIsGivenAllTheTimeItNeeds() {
        server.send(HttpRequestGuardTest.get("/job"));
        server.pass(Duration.ofHours(1));
        assertThat(server.respond(HttpRequestGuardTest.ok("done"))).endsWith("done");

        server.pass(Duration.ofSeconds(59));
        assertThat(server.channel.isOpen()).isTrue();
        server.pass(Duration.ofSeconds(1));
        assertThat(server.channel.isOpen()).isFalse();
    }

    @Test
    void aBodyThatIsBeingSentIsNoIdleTime() {
        server.send("POST /job HTTP/1.1", "Content-Length: 10", "", "hello ");
        server.respond(HttpRequestGuardTest.ok("answered early"));
        server.pass(Duration.ofMinutes(10));
        assertThat(server.channel.isOpen()).isTrue();
        server.send("body");
        server.pass(Duration.ofSeconds(60));
        assertThat(server.channel.isOpen()).isFalse();
    }

    @Test
    void theBodyOfARefusedRequestIsNotWaitedForAnyLonger() {
        server.gate.refuse(Reason.CONCURRENCY);
        server.send("POST /job HTTP/1.1", "Content-Length: 10", "", "hello ");
        server.pass(Duration.ofSeconds(60));
        assertThat(server.channel.isOpen()).isFalse();
    }

    @Test
    void eachRequestBeginsANewIdleTime() {
        for (int i = 0; i < 5; i++) {
            server.send(HttpRequestGuardTest.get("/job"));
            server.respond(HttpRequestGuardTest.ok("done"));
            server.pass(Duration.ofSeconds(50));
        }
        assertThat(server.channel.isOpen()).isTrue();
    }

    @Test
    void aTimeoutThatIsTunedHoldsForThoseThatWaitAlready() {
        server.pass(Duration.ofSeconds(5));
        assertThat(server.channel.isOpen()).isTrue();
        server.guard.settings().tune("connections.request-timeout", "4s", 0);
        server.pass(Duration.ofMillis(10));
        assertThat(server.channel.isOpen()).isFalse();
    }

    @Test
    void inShadowModeNothingIsClosed() {
        server.guard.guard().mode(Mode.SHADOW);
        server.pass(Duration.ofHours(1));
        assertThat(server.channel.isOpen()).isTrue();
    }
}
