package io.portguard.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.GuardListener;
import io.portguard.Outcome;
import io.portguard.Reason;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Requests to a real Reactor Netty on a real port. Closing each service asserts that nothing is left. */
class GuardedReactiveServiceTest {

    private static final String[] ONE_AT_A_TIME = {
        "guard.requests.concurrency.algorithm=fixed",
        "guard.requests.concurrency.max=1",
        "guard.clients.fair-share=false",
        "guard.shedding.enabled=false",
    };

    @Test
    void servesEveryKindOfRequestWithNothingConfigured() {
        try (GuardedService service = GuardedService.startReactive()) {
            service.reactiveGate().open();
            assertThat(service.get("/hello").body()).isEqualTo("hello");
            assertThat(service.get("/gate").body()).isEqualTo("passed");
            assertThat(service.get("/stream").body()).isEqualTo("line\nline\nline\n");
            assertThat(service.get("/events").body()).contains("data:first", "data:last");
            assertThat(service.post("/length", "12345").body()).isEqualTo("5");
            assertThat(service.get("/none").statusCode()).isEqualTo(404);
            assertThat(service.guard().status().admittedRequests()).isEqualTo(6);
            assertThat(service.guard().status().rejectedRequests()).isZero();
            assertThat(service.guard().status().activeConnections()).isPositive();
            assertThat(service.guard().status().faults()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/hello, 200, SUCCESS",
        "/empty, 200, SUCCESS",
        "/moved, 302, SUCCESS",
        "/none, 404, SUCCESS",
        "/fail, 500, FAILURE",
        "/throw, 500, FAILURE",
        "/late, 500, FAILURE",
    })
    void releasesEachRequestOnceAndTellsHowItEnded(String path, int status, Outcome outcome) {
        try (GuardedService service = GuardedService.startReactive(List.of(Heard.class))) {
            assertThat(service.get(path).statusCode()).isEqualTo(status);
            GuardedService.await("released", () -> !Heard.in(service).isEmpty());
            assertThat(Heard.in(service)).containsExactly(outcome);
        }
    }

    @Test
    void releasesARequestThatFailsInTheMiddleOfItsResponse() throws Exception {
        try (GuardedService service = GuardedService.startReactive(List.of(Heard.class));
                RawConnection client = new RawConnection(service.port())) {
            client.request("GET", "/broken").await("line\n");
            GuardedService.await("released", () -> !Heard.in(service).isEmpty());
            assertThat(Heard.in(service)).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/gate", "/never", "/events"})
    void releasesARequestWhoseClientHasGone(String path) throws Exception {
        try (GuardedService service = GuardedService.startReactive(List.of(Heard.class))) {
            try (RawConnection client = new RawConnection(service.port())) {
                client.request("GET", path);
                service.reactiveGate().awaitEntered(1);
                assertThat(service.guard().status().activeRequests()).isEqualTo(1);
            }
            GuardedService.await(
                    "cancelled", () -> service.reactiveGate().cancelled.get() == 1);
            GuardedService.await("released", () -> service.guard().status().activeRequests() == 0);
            assertThat(Heard.in(service)).containsExactly(Outcome.IGNORED);
        }
    }

    @Test
    void refusesWhatIsAboveTheLimitAndNeverAHealthProbe() {
        try (GuardedService service = GuardedService.startReactive(ONE_AT_A_TIME)) {
            CompletableFuture<HttpResponse<String>> first = service.getAsync("/gate");
            service.reactiveGate().awaitEntered(1);
            HttpResponse<String> refused = service.get("/hello");
            GuardedServiceTest.assertRefused(refused, 503, "concurrency");
            assertThat(refused.headers().firstValue("RateLimit")).isEmpty();
            assertThat(service.get("/actuator/health").statusCode()).isEqualTo(200);
            assertThat(service.get("/actuator/health/readiness").statusCode()).isEqualTo(200);
            assertThat(service.get("/actuator/guard/server").statusCode()).isEqualTo(200);
            service.reactiveGate().open();
            assertThat(first.join().body()).isEqualTo("passed");
        }
    }

    @Test
    void keepsTheConnectionOfARefusedClientAndSendsNoBodyToHead() throws Exception {
        try (GuardedService service =
                        GuardedService.startReactive("guard.clients.rate=0.001", "guard.clients.burst=1");
                RawConnection client = new RawConnection(service.port())) {
            assertThat(client.request("GET", "/hello").response()).startsWith("HTTP/1.1 200");
            String body = "x".repeat(200_000);
            client.request("POST", "/length", "Content-Type: text/plain", "Content-Length: " + body.length())
                    .send(body);
            assertThat(client.response())
                    .startsWith("HTTP/1.1 429")
                    .contains("RateLimit-Policy: ", "RateLimit: ", "Retry-After: ")
                    .endsWith("{\"status\":429,\"title\":\"Too Many Requests\",\"reason\":\"client-rate\"}");
            assertThat(client.request("HEAD", "/hello").header()).startsWith("HTTP/1.1 429");
            assertThat(client.request("GET", "/hello").response()).startsWith("HTTP/1.1 429");
            assertThat(service.guard().guard().counts(Attempt.Kind.CONNECTION).admitted())
                    .isEqualTo(1);
        }
    }

    @Test
    void holdsThePermitOfAStreamUntilItEnds() throws Exception {
        try (GuardedService service = GuardedService.startReactive(ONE_AT_A_TIME);
                RawConnection client = new RawConnection(service.port())) {
            client.request("GET", "/events").await("data:first");
            assertThat(service.guard().status().activeRequests()).isEqualTo(1);
            assertThat(service.get("/hello").statusCode()).isEqualTo(503);
            service.reactiveGate().open();
            client.await("data:last");
            GuardedService.await("released", () -> service.guard().status().activeRequests() == 0);
            assertThat(service.get("/hello").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void takesAWebSocketForAConnectionAndNotForARequest() throws Exception {
        try (GuardedService service = GuardedService.startReactive(List.of(Heard.class), ONE_AT_A_TIME);
                RawConnection idle = new RawConnection(service.port())) {
            CompletableFuture<String> heard = new CompletableFuture<>();
            WebSocket socket = HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .buildAsync(URI.create("ws://127.0.0.1:" + service.port() + "/socket"), new WebSocket.Listener() {
                        @Override
                        public CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
                            heard.complete(text.toString());
                            return WebSocket.Listener.super.onText(from, text, last);
                        }
                    })
                    .join();
            socket.sendText("hello", true).join();
            assertThat(heard.join()).isEqualTo("echo hello");
            assertThat(service.guard().status().activeRequests()).isZero();
            assertThat(service.guard().status().activeConnections()).isEqualTo(2);
            assertThat(Heard.in(service)).containsExactly(Outcome.IGNORED);

            assertThat(idle.request("GET", "/hello").response()).startsWith("HTTP/1.1 200");
            service.guard().settings().tune("connections.idle-timeout", "1ms", 0);
            assertThat(idle.isClosedWithoutAWord()).isTrue();
            assertThat(socket.isInputClosed()).as("a WebSocket may be silent").isFalse();
            GuardedService.await("closed", () -> service.guard().status().activeConnections() == 1);
            socket.abort();
        }
    }

    @Test
    void doesNotTakeAnOrdinaryRequestForAWebSocket() throws Exception {
        try (GuardedService service = GuardedService.startReactive(ONE_AT_A_TIME);
                RawConnection client = new RawConnection(service.port())) {
            client.request("GET", "/events", "Connection: Upgrade", "Upgrade: websocket")
                    .await("data:first");
            assertThat(service.guard().status().activeRequests()).isEqualTo(1);
            service.reactiveGate().open();
        }
    }

    @Test
    void closesAConnectionThatIsDeniedWithoutAResponse() {
        try (GuardedService service = GuardedService.startReactive("guard.access.deny=127.0.0.0/8");
                RawConnection client = new RawConnection(service.port())) {
            assertThat(client.isClosedWithoutAWord()).isTrue();
            assertThat(service.guard().guard().counts(Attempt.Kind.CONNECTION).rejected(Reason.DENIED))
                    .isPositive();
        }
    }

    @Test
    void boundsTheConnectionsOfAClient() throws Exception {
        try (GuardedService service = GuardedService.startReactive("guard.connections.max-per-client=1")) {
            try (RawConnection first = new RawConnection(service.port());
                    RawConnection second = new RawConnection(service.port())) {
                assertThat(first.request("GET", "/hello").response()).startsWith("HTTP/1.1 200");
                assertThat(second.isClosedWithoutAWord()).isTrue();
            }
            GuardedService.await("closed", () -> service.guard().status().activeConnections() == 0);
            try (RawConnection third = new RawConnection(service.port())) {
                assertThat(third.request("GET", "/hello").response()).startsWith("HTTP/1.1 200");
            }
        }
    }

    @Test
    void closesConnectionsThatSayNothingOrNotEnough() throws Exception {
        try (GuardedService service = GuardedService.startReactive("guard.connections.request-timeout=100ms");
                RawConnection silent = new RawConnection(service.port());
                RawConnection slow = new RawConnection(service.port())) {
            slow.send("GET /hello HTTP/1.1\r\n");
            assertThat(silent.isClosedWithoutAWord()).isTrue();
            assertThat(slow.isClosedWithoutAWord()).isTrue();
            GuardedService.await("closed", () -> service.guard().status().activeConnections() == 0);
        }
    }

    @Test
    void closesIdleConnectionsAndNoneWithARequestInProgress() throws Exception {
        try (GuardedService service = GuardedService.startReactive(
                        "guard.connections.idle-timeout=100ms", "guard.connections.request-timeout=100ms");
                RawConnection idle = new RawConnection(service.port());
                RawConnection busy = new RawConnection(service.port())) {
            busy.request("GET", "/gate");
            service.reactiveGate().awaitEntered(1);
            assertThat(idle.request("GET", "/hello").response()).startsWith("HTTP/1.1 200");
            assertThat(idle.isClosedWithoutAWord()).isTrue();
            service.reactiveGate().open();
            assertThat(busy.response()).startsWith("HTTP/1.1 200").endsWith("passed");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"framework", "native"})
    void tellsClientsApartByThePeerWhateverIsBelievedOfForwardedHeaders(String strategy) {
        try (GuardedService service = GuardedService.startReactive(
                "server.forward-headers-strategy=" + strategy, "guard.clients.rate=0.001", "guard.clients.burst=1")) {
            assertThat(service.get("/hello", "X-Forwarded-For", "198.51.100.1").statusCode())
                    .isEqualTo(200);
            assertThat(service.get("/hello", "X-Forwarded-For", "198.51.100.2").statusCode())
                    .as("another address of the same client's making")
                    .isEqualTo(429);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "framework", "native"})
    void believesATrustedProxy(String strategy) {
        try (GuardedService service = GuardedService.startReactive(
                "server.forward-headers-strategy=" + strategy,
                "guard.clients.trusted-proxies=127.0.0.1",
                "guard.access.deny=203.0.113.0/24")) {
            GuardedServiceTest.assertRefused(service.get("/hello", "X-Forwarded-For", "203.0.113.9"), 403, "denied");
            assertThat(service.get("/hello", "X-Forwarded-For", "198.51.100.1").statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void refusesNothingInShadowModeAndCountsWhatItWould() {
        try (GuardedService service = GuardedService.startReactive(
                "guard.mode=shadow", "guard.clients.rate=0.001", "guard.clients.burst=1")) {
            assertThat(service.get("/hello").statusCode()).isEqualTo(200);
            assertThat(service.get("/hello").statusCode()).isEqualTo(200);
            assertThat(service.guard().status().wouldRejectRequests()).isEqualTo(1);
        }
    }

    @Test
    void wiresNothingWhenDisabled() {
        try (GuardedService service = GuardedService.startReactive("guard.enabled=false")) {
            assertThat(service.get("/hello").body()).isEqualTo("hello");
            assertThat(service.context().getBeanDefinitionNames())
                    .noneMatch(name -> name.matches("(?i)(.*\\.)?(reactorNetty)?guard[^.]*"));
        }
    }

    @Test
    void watchesTheAcceptQueueAndTheDelayOfTheEventLoops() {
        try (GuardedService service = GuardedService.startReactive()) {
            assertThat(service.get("/hello").statusCode()).isEqualTo(200);
            // The sources of one tick are asked one after the other: each is waited for.
            GuardedService.await(
                    "a sample of the backlog", () -> service.guard().status().backlogDepth() >= 0);
            assertThat(service.guard().status().backlogCapacity()).isPositive();
            GuardedService.await(
                    "a sample of the event loops' delay",
                    () -> service.guard().status().pressure().containsKey("queue-delay"));
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Heard {

        private final Queue<Outcome> outcomes = new ConcurrentLinkedQueue<>();

        static Queue<Outcome> in(GuardedService service) {
            return service.context().getBean(Heard.class).outcomes;
        }

        @Bean
        GuardListener outcomes() {
            return new GuardListener() {
                @Override
                public void released(Attempt attempt, Outcome outcome, long durationNanos) {
                    if (attempt.kind() == Attempt.Kind.REQUEST) {
                        outcomes.add(outcome);
                    }
                }
            };
        }
    }
}
