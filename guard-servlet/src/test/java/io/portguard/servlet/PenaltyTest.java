package io.portguard.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.ClientKey;
import io.portguard.Failure;
import io.portguard.IpAddress;
import io.portguard.Reason;
import io.portguard.servlet.RunningServer.Container;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that fail by their own doing, in real containers. */
@Timeout(120)
class PenaltyTest {

    private static final String ABUSER = "127.0.0.9";

    @ParameterizedTest
    @EnumSource
    void aFloodOfMissingPagesIsSlowedDownAndThenBanned(Container container) throws Exception {
        FakeClock clock = new FakeClock();
        try (RunningServer server = container.start(penalizing(clock));
                RawClient abuser = new RawClient(server.localPort(), ABUSER);
                RawClient ordinary = new RawClient(server.localPort(), "127.0.0.2")) {
            for (int i = 1; i <= 11; i++) { // the last one by the rate of those who are slowed down
                assertThat(abuser.get("/missing").read().status()).isEqualTo(404);
                awaitPoints(server, i);
            }
            RawClient.Answer slowed = abuser.get("/missing").read();
            assertThat(slowed.status()).isEqualTo(429);
            assertThat(slowed.body()).contains(Reason.CLIENT_RATE.text());
            for (int i = 12; i <= 20; i++) {
                clock.advance(Duration.ofSeconds(1));
                assertThat(abuser.get("/missing").read().status()).isEqualTo(404);
                awaitPoints(server, i - 1); // some are forgiven meanwhile
            }
            clock.advance(Duration.ofSeconds(1));
            abuser.get("/missing").read();
            Await.until("banned", () -> !server.port.bans().isEmpty());
            server.port.guard().refresh(); // as the next tick does
            RawClient.Answer banned = abuser.get("/ok").read();
            assertThat(banned.status()).isEqualTo(403);
            assertThat(banned.body()).contains(Reason.BANNED.text());
            try (RawClient again = new RawClient(server.localPort(), ABUSER)) {
                assertThat(again.isClosedByServer()).isTrue();
            }
            assertThat(ordinary.get("/ok").read().status()).isEqualTo(200);
            assertThat(server.port.bans()).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatTheServiceGetsWrongCountsAgainstNobody(Container container) throws Exception {
        try (RunningServer server = container.start(penalizing(new FakeClock())
                        .servlet("/fail", (request, response) -> response.sendError(500))
                        .servlet("/throw", (request, response) -> {
                            throw new IllegalStateException("always");
                        }));
                RawClient ordinary = new RawClient(server.localPort(), ABUSER)) {
            for (int i = 0; i < 30; i++) {
                // The container closes the connection after a 500 of its own.
                try (RawClient each = new RawClient(server.localPort(), ABUSER)) {
                    assertThat(each.get(i % 2 == 0 ? "/fail" : "/throw").read().status())
                            .isEqualTo(500);
                }
            }
            assertThat(ordinary.get("/ok").read().status()).isEqualTo(200);
            assertThat(server.port.bans()).isEmpty();
            assertThat(server.port.guard().counts(Attempt.Kind.REQUEST).rejected())
                    .isZero();
        }
    }

    /** Jetty answers such requests without a word to anybody. */
    @Test
    void whatIsNoRequestCountsAgainstWhoSentIt() throws Exception {
        try (RunningServer server = Container.TOMCAT.start(RunningServer.with())) {
            String[][] malformed = {
                {"GET /ok HTTP/1.1", "Host: localhost", "A b: c", ""},
                {"GET /ok HTTP/1.1", "Host: localhost", "Content-Length: 1", "Content-Length: 2", ""},
                {"G\u0001T /ok HTTP/1.1", "Host: localhost", ""}
            };
            for (int i = 0; i < malformed.length; i++) {
                int before = i;
                try (RawClient client = new RawClient(server.localPort(), ABUSER)) {
                    assertThat(client.get("/ok").read().status()).isEqualTo(200);
                    client.send(malformed[i]);
                    assertThat(client.read().status()).isEqualTo(400);
                }
                Await.until("counted", () -> malformed(server) > before);
                assertThat(malformed(server)).as(malformed[i][0]).isEqualTo(before + 1L);
            }
            try (RawClient client = new RawClient(server.localPort(), ABUSER)) {
                assertThat(client.get("/missing").read().status()).isEqualTo(404);
                client.send("GET /ok HTTP/1.1", "Host: localhost");
            }
            Await.until("closed", () -> server.active(Attempt.Kind.CONNECTION) == 0);
            assertThat(malformed(server))
                    .as("who goes away has sent nothing wrong")
                    .isEqualTo(malformed.length);
        }
    }

    private static long malformed(RunningServer server) {
        return server.port.penalties().failures(Failure.MALFORMED_REQUEST);
    }

    /** Answers reach their client a moment before they are counted. */
    private static void awaitPoints(RunningServer server, int least) {
        ClientKey abuser = ClientKey.of(IpAddress.parse(ABUSER).orElseThrow());
        Await.until(
                "points",
                () -> server.port.penalties().points(server.port.guard().client(abuser)) >= least);
    }

    private static RunningServer.Setup penalizing(FakeClock clock) {
        return RunningServer.with()
                .clock(clock)
                .servlet("/missing", (request, response) -> response.sendError(404))
                .setting("penalties.slow-at", "10")
                .setting("penalties.ban-at", "20")
                .setting("penalties.forgiven", "1")
                .setting("penalties.weights", "404=1");
    }
}
