package io.portguard.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.standard.StandardGuard;
import io.portguard.standard.StandardGuardBuilder;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What a service says of itself to those who send it traffic: readiness, health, and the end. */
class GuardAvailabilityTest {

    private static final AtomicLong TIME = new AtomicLong();

    private static final String[] ONE_AT_A_TIME = {
        "guard.requests.concurrency.algorithm=fixed",
        "guard.requests.concurrency.max=1",
        "guard.clients.fair-share=false",
        "guard.shedding.enabled=false",
    };

    @Test
    void refusesTrafficWhileSaturatedAndAcceptsItAgain() throws Exception {
        try (GuardedService service = start("guard.readiness.saturated-for=10s")) {
            CompletableFuture<HttpResponse<String>> only = service.getAsync("/gate");
            service.gate().awaitEntered();
            saturate(service, 9);
            assertThat(readiness(service)).isEqualTo(ReadinessState.ACCEPTING_TRAFFIC);
            assertThat(service.get("/actuator/health/readiness").statusCode()).isEqualTo(200);
            saturate(service, 3);
            GuardedService.await("refusing", () -> readiness(service) == ReadinessState.REFUSING_TRAFFIC);
            assertThat(service.get("/actuator/health/readiness").statusCode()).isEqualTo(503);
            assertThat(service.get("/actuator/health/liveness").statusCode()).isEqualTo(200);

            service.gate().open();
            assertThat(only.join().statusCode()).isEqualTo(200);
            pass(service, 2);
            pass(service, 9);
            assertThat(readiness(service)).isEqualTo(ReadinessState.REFUSING_TRAFFIC);
            pass(service, 2);
            GuardedService.await("accepting", () -> readiness(service) == ReadinessState.ACCEPTING_TRAFFIC);
        }
    }

    @Test
    void leavesAStateAloneThatSomebodyElseHasDeclared() throws Exception {
        try (GuardedService service = start("guard.readiness.saturated-for=1s")) {
            CompletableFuture<HttpResponse<String>> only = service.getAsync("/gate");
            service.gate().awaitEntered();
            saturate(service, 3);
            GuardedService.await("refusing", () -> readiness(service) == ReadinessState.REFUSING_TRAFFIC);
            AvailabilityChangeEvent.publish(service.context(), ReadinessState.REFUSING_TRAFFIC);
            service.gate().open();
            assertThat(only.join().statusCode()).isEqualTo(200);
            pass(service, 2);
            pass(service, 2);
            pass(service, 2);
            assertThat(readiness(service)).isEqualTo(ReadinessState.REFUSING_TRAFFIC);
        }
    }

    @Test
    void isHealthyWhateverTheLoadUnlessAskedNotToBe() throws Exception {
        try (GuardedService service = start("management.endpoint.health.show-details=always")) {
            CompletableFuture<HttpResponse<String>> only = service.getAsync("/gate");
            service.gate().awaitEntered();
            saturate(service, 100);
            HttpResponse<String> health = service.get("/actuator/health");
            assertThat(health.statusCode()).isEqualTo(200);
            assertThat(GuardedService.json(health)
                            .at("/components/guard/status")
                            .asString())
                    .isEqualTo("UP");
            assertThat(GuardedService.json(health)
                            .at("/components/guard/details/saturatedForSeconds")
                            .asLong())
                    .isGreaterThanOrEqualTo(90);
            assertThat(GuardedService.json(health)
                            .at("/components/guard/details/server/requestLimit")
                            .asInt())
                    .isEqualTo(1);
            assertThat(readiness(service)).isEqualTo(ReadinessState.ACCEPTING_TRAFFIC);
            service.gate().open();
            only.join();
        }
    }

    @Test
    void isOutOfServiceAfterATimeWhereThatIsWanted() throws Exception {
        try (GuardedService service =
                start("management.endpoint.health.show-details=always", "guard.health.saturated-for=10s")) {
            CompletableFuture<HttpResponse<String>> only = service.getAsync("/gate");
            service.gate().awaitEntered();
            saturate(service, 12);
            HttpResponse<String> health = service.get("/actuator/health");
            assertThat(health.statusCode()).isEqualTo(503);
            assertThat(GuardedService.json(health)
                            .at("/components/guard/status")
                            .asString())
                    .isEqualTo("OUT_OF_SERVICE");
            service.gate().open();
            only.join();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"servlet", "reactive"})
    void refusesWithDrainingWhileItStopsGracefully(String kind) throws Exception {
        boolean reactive = kind.equals("reactive");
        GuardedService service = reactive ? GuardedService.startReactive() : GuardedService.start();
        StandardGuard guard = service.guard();
        try (RawConnection busy = new RawConnection(service.port());
                RawConnection kept = new RawConnection(service.port())) {
            busy.request("GET", "/gate");
            if (reactive) {
                service.reactiveGate().awaitEntered(1);
            } else {
                service.gate().awaitEntered();
            }
            // A request in progress holds the connection open; the next one on it comes while the service stops.
            kept.request("GET", "/hello");
            assertThat(kept.response()).startsWith("HTTP/1.1 200");
            GuardDrain drain = service.context().getBean(GuardDrain.class);
            drain.stop();
            assertThat(kept.request("GET", "/hello").response())
                    .startsWith("HTTP/1.1 503")
                    .contains("\"reason\":\"draining\"");
            assertThat(kept.isClosedWithoutAWord()).as("the connection ends").isTrue();

            CompletableFuture<Void> stopping = CompletableFuture.runAsync(service.context()::close);
            if (reactive) {
                service.reactiveGate().open();
            } else {
                service.gate().open();
            }
            assertThat(busy.response()).as("what is in progress goes on").startsWith("HTTP/1.1 200");
            stopping.join();
        }
        GuardedService.await("nothing in flight", () -> guard.status().activeRequests() == 0);
        GuardedService.await("no connection", () -> guard.status().activeConnections() == 0);
    }

    @Test
    void isGuardedAsBeforeWhenItIsStartedAgain() {
        try (GuardedService service = GuardedService.start()) {
            service.context().stop();
            service.context().start();
            assertThat(service.get("/hello").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void drainsBeforeTheWebServerBeginsToStop() {
        assertThat(GuardDrain.PHASE).isGreaterThan(WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE);
    }

    private static GuardedService start(String... properties) {
        return GuardedService.start(
                List.of(FakeClock.class),
                Stream.concat(Stream.of(ONE_AT_A_TIME), Stream.of(properties)).toArray(String[]::new));
    }

    private static ReadinessState readiness(GuardedService service) {
        return service.context().getBean(ApplicationAvailability.class).getReadinessState();
    }

    /** Refuses something every second, for so long. */
    private static void saturate(GuardedService service, int seconds) {
        for (int i = 0; i < seconds; i++) {
            assertThat(service.get("/hello").statusCode()).isEqualTo(503);
            pass(service, 1);
        }
    }

    private static void pass(GuardedService service, int seconds) {
        TIME.addAndGet(Duration.ofSeconds(seconds).toNanos());
        service.guard().guard().tick();
    }

    @Configuration(proxyBeanMethods = false)
    static class FakeClock {

        @Bean
        GuardCustomizer clock() {
            return (StandardGuardBuilder builder) -> builder.clock(TIME::get).tickInterval(Duration.ZERO);
        }
    }
}
