package io.portguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

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
        server.pass(Duration.ofSeconds(1));
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
        server.pass(Duration.ofSeconds(2));
        assertThat(server.channel.isOpen()).isFalse();
    }

    @Test
    void aRequestInProgressIsGivenAllTheTimeItNeeds() {
        server.send(HttpRequestGuardTest.get("/job"));
        server.pass(Duration.ofHours(1));
        assertThat(server.respond(HttpRequestGuardTest.ok("done"))).endsWith("done");

        server.pass(Duration.ofSeconds(59));
        assertThat(server.channel.isOpen()).isTrue();
        server.pass(Duration.ofSeconds(2));
        assertThat(server.channel.isOpen()).isFalse();
    }

    @Test
    void aBodyThatIsBeingSentIsNoIdleTime() {
        server.send("POST /job HTTP/1.1", "Content-Length: 10", "", "hello ");
        server.respond(HttpRequestGuardTest.ok("answered early"));
        server.pass(Duration.ofMinutes(10));
        assertThat(server.channel.isOpen()).isTrue();
        server.send("body");
        server.pass(Duration.ofSeconds(61));
        assertThat(server.channel.isOpen()).isFalse();
    }

    @Test
    void theBodyOfARefusedRequestIsNotWaitedForAnyLonger() {
        server.gate.refuse(Reason.CONCURRENCY);
        server.send("POST /job HTTP/1.1", "Content-Length: 10", "", "hello ");
        server.pass(Duration.ofSeconds(61));
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
        server.pass(Duration.ofSeconds(1));
        assertThat(server.channel.isOpen()).isFalse();
    }

    @Test
    void inShadowModeNothingIsClosed() {
        server.guard.settings().tune("mode", "shadow", 0);
        server.pass(Duration.ofHours(1));
        assertThat(server.channel.isOpen()).isTrue();
    }

    @Test
    void aBodyThatComesTooSlowlyEndsTheConnection() {
        server.guard.settings().tune("connections.min-data-rate", "100", 0);
        server.send("POST /job HTTP/1.1", "Content-Length: 100000", "", "");
        for (int i = 0; i < 20; i++) {
            server.pass(Duration.ofSeconds(1));
            server.send("x".repeat(150));
        }
        assertThat(server.channel.isOpen()).isTrue();
        for (int i = 0; i < 60 && server.channel.isOpen(); i++) {
            server.send("x");
            server.pass(Duration.ofSeconds(1));
        }
        assertThat(server.channel.isOpen()).isFalse();
    }

    @Test
    void aBodyThatTheServiceDoesNotReadIsNotTheClientsFault() {
        server.guard.settings().tune("connections.min-data-rate", "100", 0);
        server.channel.config().setAutoRead(false);
        server.send("POST /job HTTP/1.1", "Content-Length: 100000", "", "x");
        for (int i = 0; i < 60; i++) {
            server.pass(Duration.ofSeconds(1));
        }
        assertThat(server.channel.isOpen()).isTrue();
    }
}
