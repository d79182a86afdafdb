package io.portguard.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portguard.Attempt;
import io.portguard.Priority;
import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.Rule;
import io.portguard.Verdict;
import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;
import jakarta.servlet.http.HttpServletRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.JsonNode;

/** Requests to a real Tomcat on a real port. Closing each service asserts that nothing is left in flight. */
class GuardedServiceTest {

    private static final String[] ONE_AT_A_TIME = {
        "guard.requests.concurrency.algorithm=fixed",
        "guard.requests.concurrency.max=1",
        "guard.clients.fair-share=false",
        "guard.shedding.enabled=false",
    };

    @Test
    void servesEveryKindOfRequestWithNothingConfigured() throws Exception {
        try (GuardedService service = GuardedService.start()) {
            service.gate().open();
            assertThat(service.get("/hello").body()).isEqualTo("hello");
            assertThat(service.get("/async").body()).isEqualTo("passed later");
            assertThat(service.get("/stream").body()).isEqualTo("line\nline\nline\n");
            assertThat(service.get("/fail").statusCode()).isEqualTo(500);
            assertThat(service.get("/none").statusCode()).isEqualTo(404);
            assertThat(service.guard().status().admittedRequests()).isEqualTo(5);
            assertThat(service.guard().status().rejectedRequests()).isZero();
        }
    }

    @Test
    void refusesAClientAboveItsRate() {
        try (GuardedService service = GuardedService.start("guard.clients.rate=0.001", "guard.clients.burst=1")) {
            assertThat(service.get("/hello").statusCode()).isEqualTo(200);
            HttpResponse<String> refused = service.get("/hello");
            assertRefused(refused, 429, "client-rate");
            assertThat(refused.headers().firstValue("RateLimit-Policy")).isPresent();
            assertThat(refused.headers().firstValue("RateLimit")).isPresent();
        }
    }

    @Test
    void refusesWhatIsAboveTheLimitAndNeverAHealthProbe() throws Exception {
        try (GuardedService service = GuardedService.start(ONE_AT_A_TIME)) {
            CompletableFuture<HttpResponse<String>> first = service.getAsync("/gate");
            service.gate().awaitEntered();
            HttpResponse<String> refused = service.get("/hello");
            assertRefused(refused, 503, "concurrency");
            assertThat(refused.headers().firstValue("RateLimit")).isEmpty();
            assertThat(service.get("/actuator/health").statusCode()).isEqualTo(200);
            assertThat(service.get("/actuator/health/liveness").statusCode()).isEqualTo(200);
            service.gate().open();
            assertThat(first.join().body()).isEqualTo("passed");
        }
    }

    @Test
    void holdsAPermitForAsLongAsAnAsynchronousRequestLasts() throws Exception {
        try (GuardedService service = GuardedService.start(ONE_AT_A_TIME)) {
            CompletableFuture<HttpResponse<String>> first = service.getAsync("/async");
            service.gate().awaitEntered();
            assertThat(service.guard().status().activeRequests()).isEqualTo(1);
            assertThat(service.get("/hello").statusCode()).isEqualTo(503);
            service.gate().open();
            assertThat(first.join().body()).isEqualTo("passed later");
        }
    }

    @Test
    void refusesAClientThatIsDeniedBehindATrustedProxy() {
        try (GuardedService service =
                GuardedService.start("guard.clients.trusted-proxies=127.0.0.1", "guard.access.deny=203.0.113.0/24")) {
            assertRefused(service.get("/hello", "X-Forwarded-For", "203.0.113.9"), 403, "denied");
            assertThat(service.get("/hello", "X-Forwarded-For", "198.51.100.1").statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void closesAConnectionThatIsDeniedWithoutAResponse() {
        try (GuardedService service = GuardedService.start("guard.access.deny=127.0.0.0/8")) {
            assertThatThrownBy(() -> service.get("/hello")).isInstanceOf(CompletionException.class);
            assertThat(service.guard().guard().counts(Attempt.Kind.CONNECTION).rejected(Reason.DENIED))
                    .isPositive();
        }
    }

    @Test
    void refusesNothingInShadowModeAndCountsWhatItWould() {
        try (GuardedService service =
                GuardedService.start("guard.mode=shadow", "guard.clients.rate=0.001", "guard.clients.burst=1")) {
            assertThat(service.get("/hello").statusCode()).isEqualTo(200);
            assertThat(service.get("/hello").statusCode()).isEqualTo(200);
            assertThat(service.guard().status().wouldRejectRequests()).isEqualTo(1);
        }
    }

    @Test
    void givesPrioritiesByPath() {
        try (GuardedService service = GuardedService.start(
                List.of(OnlyCritical.class),
                "guard.requests.priorities[0].path=/hello/**",
                "guard.requests.priorities[0].method=GET",
                "guard.requests.priorities[0].priority=critical")) {
            assertThat(service.get("/hello").statusCode()).isEqualTo(200);
            assertRefused(service.get("/stream"), 503, "overload");
        }
    }

    @Test
    void letsRequestsThroughWhenARuleIsBroken() {
        try (GuardedService service = GuardedService.start(List.of(BrokenRule.class))) {
            assertThat(service.get("/hello").statusCode()).isEqualTo(200);
            assertThat(service.guard().status().faults()).isPositive();
        }
    }

    @Test
    void watchesTheAcceptQueueOfThePort() throws Exception {
        try (GuardedService service = GuardedService.start("server.tomcat.accept-count=77")) {
            int somaxconn = Integer.parseInt(
                    Files.readAllLines(Path.of("/proc/sys/net/core/somaxconn")).get(0));
            assertThat(service.guard().status().backlogCapacity()).isEqualTo(Math.min(77, somaxconn));
            GuardedService.await("a sample", () -> service.guard().status().backlogDepth() >= 0);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class AnotherProtocol {

        @Bean
        WebServerFactoryCustomizer<TomcatServletWebServerFactory> nio2() {
            return factory -> factory.setProtocol("org.apache.coyote.http11.Http11Nio2Protocol");
        }
    }

    @Test
    void watchesTheAcceptQueueOfAnotherProtocolToo() throws Exception {
        try (GuardedService service =
                GuardedService.start(List.of(AnotherProtocol.class), "server.tomcat.accept-count=77")) {
            assertThat(service.guard().pressure().backlog().capacities().keySet())
                    .containsExactly(service.port());
            GuardedService.await("a sample", () -> service.guard().status().backlogDepth() >= 0);
            assertThat(service.guard().status().backlogCapacity()).isEqualTo(77);
        }
    }

    /** Told of servlet requests before any filter sees them. */
    @Configuration(proxyBeanMethods = false)
    static class Entrance {

        static final List<String> SEEN = new CopyOnWriteArrayList<>();

        @Bean
        ServletRequestListener entrance() {
            return new ServletRequestListener() {
                @Override
                public void requestInitialized(ServletRequestEvent event) {
                    SEEN.add(((HttpServletRequest) event.getServletRequest()).getRequestURI());
                }
            };
        }
    }

    @Test
    void refusesBeforeThereIsAServletRequestInsideTomcat() {
        assertRefusesBeforeThereIsAServletRequest(GuardedService::start);
    }

    @Test
    void refusesBeforeThereIsAServletRequestInsideJetty() {
        assertRefusesBeforeThereIsAServletRequest(GuardedService::startOnJetty);
    }

    private void assertRefusesBeforeThereIsAServletRequest(
            BiFunction<List<Class<?>>, String[], GuardedService> container) {
        Entrance.SEEN.clear();
        try (GuardedService service = container.apply(
                List.of(Entrance.class), new String[] {"guard.clients.rate=0.001", "guard.clients.burst=2"})) {
            assertThat(service.get("/hello").statusCode()).isEqualTo(200);
            assertThat(service.get("/hello").statusCode()).isEqualTo(200);
            assertRefused(service.get("/fail"), 429, "client-rate");
            assertThat(Entrance.SEEN).containsExactly("/hello", "/hello");
        }
    }

    @Test
    void guardsConnectionsAndRequestsInsideJetty() throws Exception {
        try (GuardedService service = GuardedService.startOnJetty(
                        "guard.connections.max-per-client=2", "guard.clients.rate=0.001", "guard.clients.burst=1");
                RawConnection first = new RawConnection(service.port());
                RawConnection second = new RawConnection(service.port())) {
            assertThat(first.request("GET", "/hello").response()).startsWith("HTTP/1.1 200");
            assertThat(second.request("GET", "/hello").response())
                    .startsWith("HTTP/1.1 429")
                    .contains("client-rate");
            try (RawConnection third = new RawConnection(service.port())) {
                assertThat(third.isClosedWithoutAWord()).isTrue();
            }
            GuardedService.await(
                    "its accept queue", () -> service.guard().status().backlogCapacity() > 0);
        }
    }

    @Test
    void exemptsHealthProbesWhereverTheyAre() throws Exception {
        try (GuardedService service = GuardedService.start(
                "server.servlet.context-path=/shop",
                "management.endpoints.web.base-path=/manage",
                "management.endpoint.health.probes.add-additional-paths=true",
                "guard.clients.rate=0.001",
                "guard.clients.burst=1")) {
            assertThat(service.get("/shop/hello").statusCode()).isEqualTo(200);
            assertThat(service.get("/shop/hello").statusCode()).isEqualTo(429);
            for (String probe : List.of("/manage/health", "/manage/health/readiness", "/livez", "/readyz")) {
                assertThat(service.get("/shop" + probe).statusCode()).as(probe).isEqualTo(200);
            }
        }
    }

    @Test
    void tellsClientsApartByThePeerThoughSpringReadsForwardedHeaders() {
        try (GuardedService service = GuardedService.start(
                "server.forward-headers-strategy=framework", "guard.clients.rate=0.001", "guard.clients.burst=1")) {
            assertThat(service.get("/hello", "X-Forwarded-For", "198.51.100.1").statusCode())
                    .isEqualTo(200);
            assertThat(service.get("/hello", "X-Forwarded-For", "198.51.100.2").statusCode())
                    .as("another address of the same client's making")
                    .isEqualTo(429);
        }
    }

    static void assertRefused(HttpResponse<String> response, int status, String reason) {
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(response.headers().firstValue("Retry-After").orElse("")).matches("\\d+");
        JsonNode body = GuardedService.json(response);
        assertThat(body.get("status").asInt()).isEqualTo(status);
        assertThat(body.get("title").asString()).isNotBlank();
        assertThat(body.get("reason").asString()).isEqualTo(reason);
    }

    @Configuration(proxyBeanMethods = false)
    static class OnlyCritical {

        @Bean
        @ForRequests
        Rule onlyCritical() {
            return new Rule() {
                @Override
                public String name() {
                    return "only-critical";
                }

                @Override
                public Verdict tryAcquire(Attempt attempt, long nowNanos) {
                    return attempt.priority() == Priority.CRITICAL ? Verdict.pass() : Rejection.of(Reason.OVERLOAD);
                }
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class BrokenRule {

        @Bean
        @ForRequests
        Rule broken() {
            return new Rule() {
                @Override
                public String name() {
                    return "broken";
                }

                @Override
                public Verdict tryAcquire(Attempt attempt, long nowNanos) {
                    throw new IllegalStateException("broken");
                }
            };
        }
    }
}
