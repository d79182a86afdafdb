package io.portguard.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.DecisionCounts;
import io.portguard.Reason;
import io.portguard.servlet.RunningServer.Container;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds of connections in every container whose connections are guarded. */
@Timeout(120)
class ConnectionLevelTest {

    @ParameterizedTest
    @EnumSource
    void aClientWithTooManyConnectionsIsClosedAtOnceAndAnotherIsServed(Container container) throws Exception {
        try (RunningServer server = container.start(RunningServer.with().setting("connections.max-per-client", "2"));
                RawClient first = new RawClient(server.localPort(), "127.0.0.2");
                RawClient second = new RawClient(server.localPort(), "127.0.0.2")) {
            assertThat(first.get("/ok").read().status()).isEqualTo(200);
            assertThat(second.get("/ok").read().status()).isEqualTo(200);
            for (int i = 0; i < 50; i++) {
                try (RawClient third = new RawClient(server.localPort(), "127.0.0.2")) {
                    assertThat(third.isClosedByServer()).isTrue();
                }
            }
            try (RawClient other = new RawClient(server.localPort(), "127.0.0.3")) {
                assertThat(other.get("/ok").read().status()).isEqualTo(200);
            }
            DecisionCounts counts = counts(server);
            assertThat(counts.rejected(Reason.CLIENT_CONNECTIONS)).isEqualTo(50);
            second.hangUp();
            Await.until("room again", () -> server.active(Attempt.Kind.CONNECTION) == 1);
            try (RawClient fourth = new RawClient(server.localPort(), "127.0.0.2")) {
                assertThat(fourth.get("/ok").read().status()).isEqualTo(200);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSilentConnectionIsClosedAndCounted(Container container) throws Exception {
        try (RunningServer server =
                        container.start(RunningServer.with().setting("connections.request-timeout", "200ms"));
                RawClient silent = new RawClient(server.localPort())) {
            assertThat(silent.isClosedByServer()).isTrue();
            Await.until("counted", () -> counts(server).rejected(Reason.TIMEOUT) == 1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aHeaderThatTricklesIsGivenTheTimeOfOneHeaderAndNotOfEachByte(Container container) throws Exception {
        try (RunningServer server =
                        container.start(RunningServer.with().setting("connections.request-timeout", "300ms"));
                RawClient slow = new RawClient(server.localPort())) {
            long begun = System.nanoTime();
            assertThat(tricklesUntilClosed(slow)).isTrue();
            assertThat((System.nanoTime() - begun) / 1_000_000).isBetween(250L, 5_000L);
            Await.until("counted", () -> counts(server).rejected(Reason.TIMEOUT) == 1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theNextHeaderOnAKeptConnectionMayNotTrickleEither(Container container) throws Exception {
        try (RunningServer server =
                        container.start(RunningServer.with().setting("connections.request-timeout", "300ms"));
                RawClient slow = new RawClient(server.localPort())) {
            assertThat(slow.get("/ok").read().status()).isEqualTo(200);
            assertThat(tricklesUntilClosed(slow)).isTrue();
            Await.until("counted", () -> counts(server).rejected(Reason.TIMEOUT) == 1);
        }
    }

    private static boolean tricklesUntilClosed(RawClient slow) throws Exception {
        slow.sendBytes("GET /ok HTTP/1.1\r\nHost: test\r\n");
        for (int i = 0; i < 400; i++) {
            try {
                slow.sendBytes("X-" + i + ": x\r\n");
            } catch (IOException closed) {
                return true;
            }
            Thread.sleep(25); // the pace of the trickle
        }
        return false;
    }

    @ParameterizedTest
    @EnumSource
    void anIdleConnectionIsClosedAfterTheIdleTimeAlone(Container container) throws Exception {
        try (RunningServer server = container.start(RunningServer.with()
                        .setting("connections.request-timeout", "1h")
                        .setting("connections.idle-timeout", "600ms"));
                RawClient client = new RawClient(server.localPort())) {
            assertThat(client.get("/ok").read().status()).isEqualTo(200);
            long begun = System.nanoTime();
            assertThat(client.isClosedByServer()).isTrue();
            assertThat((System.nanoTime() - begun) / 1_000_000).isBetween(400L, 5_000L);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBodyBelowTheLeastRateEndsTheConnectionAndOneThatTheServerIsSlowToReadDoesNot(Container container)
            throws Exception {
        CountDownLatch thinking = new CountDownLatch(1);
        try (RunningServer server = container.start(RunningServer.with()
                        .setting("connections.min-data-rate", "1000000")
                        .servlet("/read", (request, response) -> {
                            if ("yes".equals(request.getHeader("Think"))) {
                                Await.latch(thinking);
                            }
                            response.getWriter().print(request.getInputStream().readAllBytes().length);
                        }));
                RawClient slow = new RawClient(server.localPort());
                RawClient fast = new RawClient(server.localPort())) {
            fast.send("POST /read HTTP/1.1", "Host: test", "Think: yes", "Content-Length: 3", "");
            slow.send("POST /read HTTP/1.1", "Host: test", "Content-Length: 100000000", "");
            Await.until("cut", () -> {
                try {
                    slow.sendBytes("x");
                } catch (IOException cut) {
                    return true;
                }
                return counts(server).rejected(Reason.TIMEOUT) == 1;
            });
            assertThat(slow.isClosedInTheEnd()).isTrue();
            thinking.countDown();
            assertThat(fast.sendBytes("abc").read().body()).isEqualTo("3");
        }
    }

    @ParameterizedTest
    @EnumSource
    void silentConnectionsOfOneAddressDoNotShutTheOthersOut(Container container) throws Exception {
        List<RawClient> silent = new ArrayList<>();
        try (RunningServer server = container.start(RunningServer.with().setting("connections.max", "40"))) {
            for (int i = 0; i < 200; i++) {
                silent.add(new RawClient(server.localPort(), "127.0.0.9"));
            }
            for (int i = 0; i < 100; i++) {
                try (RawClient ordinary = new RawClient(server.localPort(), "127.0.0." + (10 + i % 5))) {
                    assertThat(ordinary.get("/ok").read().status()).isEqualTo(200);
                }
            }
            assertThat(counts(server).rejected(Reason.CONNECTIONS)).isGreaterThan(100);
            silent.forEach(RawClient::close);
        }
    }

    @ParameterizedTest
    @EnumSource
    void idleConnectionsEndWhenThePortDrains(Container container) throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        try (RunningServer server = container.start(RunningServer.with().servlet("/wait", (request, response) -> {
                    entered.countDown();
                    Await.latch(leave);
                    response.getWriter().print("done");
                }));
                RawClient idle = new RawClient(server.localPort());
                RawClient working = new RawClient(server.localPort())) {
            idle.get("/ok").read();
            working.get("/wait");
            Await.latch(entered);
            server.port.drain();
            assertThat(idle.isClosedByServer()).isTrue();
            leave.countDown();
            assertThat(working.read().body()).isEqualTo("done");
            assertThat(working.isClosedByServer()).isTrue();
            assertThat(counts(server).rejected(Reason.DRAINING)).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void connectionsAreGivenBackHoweverTheyEnd(Container container) throws Exception {
        try (RunningServer server = container.start(RunningServer.with())) {
            for (int i = 0; i < 20; i++) {
                List<RawClient> clients = List.of(
                        new RawClient(server.localPort()),
                        new RawClient(server.localPort()).sendBytes("GET /ok HT"),
                        new RawClient(server.localPort()).get("/ok"),
                        new RawClient(server.localPort()).sendBytes("\u0016\u0003\u0001 no HTTP\r\n\r\n"));
                for (RawClient client : clients) {
                    if (i % 2 == 0) {
                        client.reset();
                    } else {
                        client.hangUp();
                    }
                }
            }
            Await.until("all were accepted", () -> counts(server).admitted() == 80);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRefusedRequestKeepsItsConnection(Container container) throws Exception {
        try (RunningServer server = container.start(RunningServer.with());
                RawClient client = new RawClient(server.localPort())) {
            server.rule.refuse(Reason.OVERLOAD);
            for (int i = 0; i < 10; i++) {
                RawClient.Answer answer = client.get("/ok").read();
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.body()).contains("\"reason\":\"overload\"");
            }
            server.rule.pass();
            assertThat(client.get("/ok").read().status()).isEqualTo(200);
            assertThat(counts(server).admitted()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBodyThatDoesNotComeHoldsNoThreadOfARefusedRequest(Container container) throws Exception {
        try (RunningServer server = container.start(RunningServer.with())) {
            for (Reason reason : List.of(Reason.FAIR_SHARE, Reason.OVERLOAD)) {
                server.rule.refuse(reason);
                try (RawClient slow = new RawClient(server.localPort())) {
                    slow.send("POST /ok HTTP/1.1", "Host: test", "Content-Length: 1000", "", "begun");
                    assertThat(slow.read().status()).isEqualTo(reason.httpStatus());
                    assertThat(slow.isClosedByServer()).isTrue();
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsOpenWhenTheContainerStopsIsGivenBack(Container container) throws Exception {
        RunningServer server = container.start(RunningServer.with()
                .servlet("/never", (request, response) -> request.startAsync().setTimeout(0)));
        try (server.port;
                RawClient silent = new RawClient(server.localPort());
                RawClient kept = new RawClient(server.localPort());
                RawClient pending = new RawClient(server.localPort())) {
            kept.get("/ok").read();
            pending.get("/never");
            Await.until("pending", () -> server.active(Attempt.Kind.REQUEST) == 1);
            Await.until("connected", () -> server.active(Attempt.Kind.CONNECTION) == 3);
            server.stop();
            assertThat(silent.isClosedByServer()).isTrue();
            server.awaitNothingActive();
        }
    }

    private static DecisionCounts counts(RunningServer server) {
        return server.port.guard().counts(Attempt.Kind.CONNECTION);
    }
}
