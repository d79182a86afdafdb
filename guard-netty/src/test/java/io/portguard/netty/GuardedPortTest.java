package io.portguard.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.ServerBootstrap;
import io.portguard.Attempt;
import io.portguard.ConnectionStance;
import io.portguard.GuardListener;
import io.portguard.Outcome;
import io.portguard.Reason;
import io.portguard.pressure.PressureSource;
import io.portguard.pressure.Trigger;
import io.portguard.standard.StandardGuard;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class GuardedPortTest {

    @Test
    void aConnectionIsServedAndCounted() throws Exception {
        try (LoopbackServer server = new LoopbackServer(Map.of())) {
            try (RawClient client = server.connect()) {
                for (int i = 0; i < 100; i++) {
                    assertThat(client.get("/hello"))
                            .startsWith("HTTP/1.1 200 OK")
                            .endsWith("hello");
                }
                assertThat(server.activeConnections()).isEqualTo(1);
                assertThat(server.guard.guard().counts(Attempt.Kind.REQUEST).admitted())
                        .isEqualTo(100);
            }
        }
    }

    @Test
    void aConnectionAboveTheLimitOfItsClientIsClosedBeforeItHasAPipeline() throws Exception {
        try (LoopbackServer server = new LoopbackServer(Map.of("connections.max-per-client", "2"))) {
            try (RawClient first = server.connect();
                    RawClient second = server.connect()) {
                assertThat(first.get("/hello")).endsWith("hello");
                assertThat(second.get("/hello")).endsWith("hello");
                try (RawClient third = server.connect()) {
                    assertThat(third.isClosedWithoutAWord()).isTrue();
                }
                assertThat(server.pipelines).hasValue(2);
                assertThat(server.guard.guard().counts(Attempt.Kind.CONNECTION).rejected(Reason.CLIENT_CONNECTIONS))
                        .isEqualTo(1);
            }
            Eventually.until("the connections have gone", () -> server.activeConnections() == 0);
            try (RawClient again = server.connect()) {
                assertThat(again.get("/hello")).endsWith("hello");
            }
        }
    }

    @Test
    void aRefusedRequestIsAnsweredAndTheConnectionIsKept() throws Exception {
        try (LoopbackServer server = new LoopbackServer(Map.of("clients.rate", "0.001", "clients.burst", "1"))) {
            try (RawClient client = server.connect()) {
                assertThat(client.get("/hello")).endsWith("hello");
                for (int i = 0; i < 3; i++) {
                    assertThat(client.get("/hello"))
                            .startsWith("HTTP/1.1 429 Too Many Requests")
                            .containsPattern("Retry-After: \\d+\r\n")
                            .contains("RateLimit-Policy: \"default\";q=1;w=1000\r\n")
                            .contains("RateLimit: \"default\";r=0;t=60\r\n")
                            .endsWith("\"reason\":\"client-rate\"}");
                }
                server.guard.settings().tune("clients.burst", "none", 0);
                server.guard.settings().tune("clients.rate", "none", 0);
                assertThat(client.get("/hello")).endsWith("hello");
            }
        }
    }

    @Test
    void refusalsStayInTheOrderOfTheirRequests() throws Exception {
        try (LoopbackServer server = new LoopbackServer(Map.of("clients.max-concurrent", "1"))) {
            try (RawClient client = server.connect()) {
                client.send("GET /hold HTTP/1.1\r\n\r\nGET /hello HTTP/1.1\r\n\r\nGET /hello HTTP/1.1\r\n\r\n");
                server.release();
                assertThat(client.response()).endsWith("released");
                assertThat(client.response()).contains("client-concurrency");
                assertThat(client.response()).contains("client-concurrency");
                assertThat(client.get("/hello")).endsWith("hello");
            }
        }
    }

    @Test
    void aClientThatLeavesWhileItsRequestIsServedReleasesBoth() throws Exception {
        try (LoopbackServer server = new LoopbackServer(Map.of())) {
            try (RawClient client = server.connect()) {
                client.send("GET /hold HTTP/1.1\r\n\r\n");
                Eventually.until("the request is held", () -> !server.held.isEmpty());
                assertThat(server.activeRequests()).isEqualTo(1);
            }
            Eventually.until("the request is over", () -> server.activeRequests() == 0);
            assertThat(server.requestGate.outcomes()).containsExactly(Outcome.IGNORED);
        }
    }

    @Test
    void aClientThatLeavesInTheMiddleOfAStreamReleasesBoth() throws Exception {
        try (LoopbackServer server = new LoopbackServer(Map.of())) {
            try (RawClient client = server.connect()) {
                assertThat(client.get("/stream")).startsWith("HTTP/1.1 200 OK");
                assertThat(server.activeRequests()).isEqualTo(1);
            }
            Eventually.until("the request is over", () -> server.activeRequests() == 0);
            assertThat(server.requestGate.outcomes()).containsExactly(Outcome.IGNORED);
        }
    }

    @Test
    void shadowModeCountsAndRefusesNothing() throws Exception {
        try (LoopbackServer server = new LoopbackServer(Map.of("mode", "shadow"))) {
            server.connectionGate.refuse(Reason.CONNECTIONS);
            server.requestGate.refuse(Reason.CONCURRENCY);
            try (RawClient client = server.connect()) {
                assertThat(client.get("/hello")).endsWith("hello");
            }
            assertThat(server.guard.guard().counts(Attempt.Kind.CONNECTION).wouldReject(Reason.CONNECTIONS))
                    .isEqualTo(1);
            assertThat(server.guard.guard().counts(Attempt.Kind.REQUEST).wouldReject(Reason.CONCURRENCY))
                    .isEqualTo(1);
        }
    }

    @Test
    void aHealthProbeIsNeverRefused() throws Exception {
        try (LoopbackServer server = new LoopbackServer(Map.of())) {
            server.requestGate.refuse(Reason.OVERLOAD);
            try (RawClient client = server.connect()) {
                assertThat(client.get("/readyz?verbose")).endsWith("hello");
                assertThat(client.get("/hello")).contains("overload");
                assertThat(client.get("/x/../readyz")).contains("overload");
            }
        }
    }

    @Test
    void aBrokenRuleAndABrokenListenerLetEverythingThrough() throws Exception {
        GuardListener broken = new GuardListener() {
            @Override
            public void admitted(Attempt attempt) {
                throw new IllegalStateException("broken on purpose");
            }
        };
        try (LoopbackServer server = new LoopbackServer(Map.of(), builder -> builder.listener(broken))) {
            server.connectionGate.breakDown();
            server.requestGate.breakDown();
            try (RawClient client = server.connect()) {
                assertThat(client.get("/hello")).endsWith("hello");
            }
            Eventually.until(
                    "both rules and listeners were found out",
                    () -> server.guard.guard().faults() >= 4);
        }
    }

    @Test
    void drainingRefusesWhatComesAndLetsEndWhatIsInProgress() throws Exception {
        try (LoopbackServer server = new LoopbackServer(Map.of())) {
            try (RawClient busy = server.connect();
                    RawClient idle = server.connect()) {
                assertThat(idle.get("/hello")).endsWith("hello");
                busy.send("GET /hold HTTP/1.1\r\n\r\n");
                Eventually.until("the request is held", () -> !server.held.isEmpty());
                server.guard.drain();
                assertThat(idle.get("/hello")).contains("\"draining\"").contains("connection: close");
                assertThat(idle.isClosedWithoutAWord()).isTrue();
                try (RawClient late = server.connect()) {
                    assertThat(late.isClosedWithoutAWord()).isTrue();
                }
                server.release();
                assertThat(busy.response()).endsWith("released");
            }
        }
    }

    @Test
    void silentConnectionsAreClosedOnceTheirTimeIsOver() {
        BlockingQueue<Outcome> ends = new LinkedBlockingQueue<>();
        GuardListener listener = new GuardListener() {
            @Override
            public void released(Attempt attempt, Outcome outcome, long durationNanos) {
                ends.add(outcome);
            }
        };
        try (LoopbackServer server = new LoopbackServer(Map.of(), builder -> builder.listener(listener))) {
            List<RawClient> silent = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                silent.add(server.connect());
            }
            Eventually.until("they are connected", () -> server.activeConnections() == 20);
            server.guard.settings().tune("connections.request-timeout", "1ms", 0);
            silent.forEach(client -> assertThat(client.isClosedWithoutAWord()).isTrue());
            Eventually.until("they are gone", () -> server.activeConnections() == 0);
            assertThat(ends).hasSize(20);
            assertThat(Set.copyOf(ends)).containsExactly(Outcome.DROPPED);
            silent.forEach(RawClient::close);
        }
    }

    @Test
    void anEventLoopThatIsLateShowsAsQueueDelay() throws Exception {
        try (LoopbackServer server = new LoopbackServer(Map.of("shedding.target-delay", "1ms"))) {
            try (RawClient client = server.connect()) {
                client.send("GET /hold HTTP/1.1\r\n\r\n");
                var context = server.held.poll(LoopbackServer.PATIENCE.toSeconds(), TimeUnit.SECONDS);
                Runnable hog = new Runnable() {
                    @Override
                    public void run() {
                        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(40);
                        while (System.nanoTime() < until) {
                            Thread.onSpinWait();
                        }
                        if (context.channel().isActive()) {
                            context.executor().execute(this);
                        }
                    }
                };
                context.executor().execute(hog);
                Eventually.until(
                        "the loop is seen to be late",
                        () -> server.guard.status().pressure().getOrDefault("queue-delay", 0.0) > 5);
            }
        }
    }

    @Test
    void tasksThatStandBeforeAnEventLoopArePressure() throws Exception {
        try (LoopbackServer server = new LoopbackServer(Map.of())) {
            try (RawClient client = server.connect()) {
                client.send("GET /hold HTTP/1.1\r\n\r\n");
                var context = server.held.poll(LoopbackServer.PATIENCE.toSeconds(), TimeUnit.SECONDS);
                CountDownLatch goOn = new CountDownLatch(1);
                context.executor().execute(() -> {
                    try {
                        goOn.await();
                    } catch (InterruptedException ending) {
                        Thread.currentThread().interrupt();
                    }
                });
                try {
                    for (int i = 0; i < 10_000; i++) {
                        context.executor().execute(() -> {});
                    }
                    Eventually.until(
                            "they are seen",
                            () -> server.guard.status().pressure().getOrDefault("event-loop-tasks", 0.0) >= 1);
                } finally {
                    goOn.countDown();
                }
                Eventually.until(
                        "they are gone",
                        () -> server.guard.status().pressure().getOrDefault("event-loop-tasks", 1.0) < 0.01);
            }
        }
    }

    @Test
    void theBacklogOfThePortIsWatchedOnceItListens() {
        try (LoopbackServer server = new LoopbackServer(Map.of())) {
            Eventually.until(
                    "the capacity is known", () -> server.guard.status().backlogCapacity() > 0);
        }
    }

    @Test
    void aBootstrapWithoutAChildHandlerIsTurnedDown() {
        try (StandardGuard guard = StandardGuard.builder("server").build()) {
            assertThatThrownBy(() -> GuardedPort.of(guard).install(new ServerBootstrap()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("childHandler: not set (expected: set before the guard is installed)");
        }
    }

    @Test
    void aPauseStopsAcceptingAndIsKeptUp() throws Exception {
        Strain strain = new Strain();
        try (LoopbackServer server =
                new LoopbackServer(Map.of(), builder -> builder.pressure(strain, Trigger.stock(0.8, 1)))) {
            strain.reading = 2;
            Eventually.until("it pauses", () -> {
                server.connect().close(); // the pause begins with the next connection
                return server.guard.connectionStance() == ConnectionStance.PAUSE && !server.isAccepting();
            });
            try (RawClient waiting = server.connect()) {
                // What Netty's acceptor does a second after an accept has failed.
                server.turnAutoReadOn();
                strain.reading = 0;
                assertThat(waiting.get("/hello")).endsWith("hello");
            }
        }
    }

    @Test
    void whenKeptConnectionsAreTooManyAnAnswerEndsThem() throws Exception {
        Strain strain = new Strain();
        try (LoopbackServer server =
                new LoopbackServer(Map.of(), builder -> builder.pressure(strain, Trigger.stock(0.8, 1)))) {
            try (RawClient client = server.connect()) {
                assertThat(client.get("/hello")).doesNotContain("connection: close");
                client.send("GET /hold HTTP/1.1\r\n\r\n");
                Eventually.until("it is held", () -> !server.held.isEmpty());
                strain.reading = 2;
                Eventually.until(
                        "connections are ended",
                        () -> server.guard.connectionStance() == ConnectionStance.NO_KEEP_ALIVE);
                server.release();
                assertThat(client.response()).contains("connection: close").endsWith("released");
                assertThat(client.isClosedWithoutAWord()).isTrue();
            }
            strain.reading = 0;
        }
    }

    /** Two hold all the connections there may be; the one with more of them makes room for a third. */
    @Test
    void whoHoldsTheMostSilentConnectionsMakesRoomForOthers() throws Exception {
        try (LoopbackServer server = new LoopbackServer(Map.of("connections.max", "10"))) {
            List<RawClient> silent = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                silent.add(server.connect());
            }
            Eventually.until("the port is full", () -> server.activeConnections() == 10);
            try (RawClient other = new RawClient(new Socket(
                    InetAddress.getLoopbackAddress(), server.port(), InetAddress.getByName("127.0.0.2"), 0))) {
                assertThat(other.get("/hello")).endsWith("hello");
            }
            silent.forEach(RawClient::close);
        }
    }

    @Test
    void aWebSocketIsAConnectionAndNoLongerARequest() throws Exception {
        try (LoopbackServer server = new LoopbackServer(Map.of(), Protocol.WEB_SOCKET);
                RawClient client = server.connect()) {
            client.send(String.join(
                    "\r\n",
                    "GET /echo HTTP/1.1",
                    "Host: localhost",
                    "Connection: Upgrade",
                    "Upgrade: websocket",
                    "Sec-WebSocket-Version: 13",
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                    "",
                    ""));
            assertThat(client.response()).startsWith("HTTP/1.1 101");
            Eventually.until("the request has ended", () -> server.activeRequests() == 0);
            assertThat(server.activeConnections()).isEqualTo(1);
            assertThat(server.requestGate.outcomes()).containsExactly(Outcome.IGNORED);
            client.sendBytes(0x81, 0x82, 0, 0, 0, 0, 'h', 'i'); // a text, masked with zeros
            assertThat(client.readBytes(4)).containsExactly(0x81, 2, 'h', 'i');
        }
    }

    @Test
    void aClientThatDoesNotReadIsEndedAndItsPermitGivenBack() throws Exception {
        try (LoopbackServer server = new LoopbackServer(Map.of("connections.idle-timeout", "200ms"));
                RawClient client = server.connect()) {
            client.send("GET /stream HTTP/1.1\r\n\r\n");
            Eventually.until("it is served", () -> server.activeRequests() == 1);
            Eventually.until(
                    "what it does not read shows",
                    () -> server.guard.status().pressure().getOrDefault("unread-answers", 0.0) > 0);
            Eventually.until("it is ended", () -> server.activeConnections() == 0);
            Eventually.until("its permit is back", () -> server.activeRequests() == 0);
        }
    }

    private static final class Strain implements PressureSource {

        private volatile double reading;

        @Override
        public String name() {
            return "strain";
        }

        @Override
        public double sample(long nowNanos) {
            return reading;
        }
    }
}
