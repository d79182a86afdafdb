package io.portguard.spring.webflux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portguard.standard.StandardGuard;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** When a permit is taken and given back, subscription by subscription. After every test nothing is in flight. */
class GuardHttpHandlerTest {

    private static final int RACES = 2_000;

    private final StandardGuard guard = StandardGuard.builder("server")
            .configure(Map.of(
                    "clients.fair-share", "false", "shedding.enabled", "false", "requests.streams", "/events/**"))
            .tickInterval(Duration.ZERO)
            .build();
    private final MockServerHttpResponse response = new MockServerHttpResponse();

    @AfterEach
    void nothingIsInFlight() {
        assertThat(guard.status().activeRequests()).isZero();
        assertThat(guard.status().faults()).isZero();
    }

    @Test
    void assemblyDecidesNothing() {
        handle((request, answer) -> Mono.empty());
        assertThat(guard.status().admittedRequests()).isZero();
    }

    @Test
    void everySubscriptionIsDecided() {
        AtomicInteger served = new AtomicInteger();
        Mono<Void> handling = handle((request, answer) -> Mono.fromRunnable(served::incrementAndGet));
        handling.block();
        handling.block();
        assertThat(guard.status().admittedRequests()).isEqualTo(2);
        assertThat(served).hasValue(2);
    }

    @Test
    void aPermitIsHeldFromTheSubscriptionToTheEnd() {
        Sinks.Empty<Void> end = Sinks.empty();
        Disposable handling = handle((request, answer) -> end.asMono()).subscribe();
        assertThat(guard.status().activeRequests()).isEqualTo(1);
        end.tryEmitEmpty();
        assertThat(guard.status().activeRequests()).isZero();
        handling.dispose();
    }

    @Test
    void aStreamHoldsItsPermitUntilItsAnswerIsCommitted() {
        Sinks.Empty<Void> begin = Sinks.empty();
        Sinks.Empty<Void> end = Sinks.empty();
        Disposable handling = new GuardHttpHandler(
                        guard,
                        new PeerAttempts(guard.attempts()),
                        (request, answer) ->
                                begin.asMono().then(answer.setComplete()).then(end.asMono()))
                .handle(MockServerHttpRequest.get("/events/7").build(), response)
                .subscribe();
        assertThat(guard.status().activeRequests()).isEqualTo(1);
        begin.tryEmitEmpty();
        assertThat(guard.status().activeRequests()).isZero();
        assertThat(handling.isDisposed()).isFalse();
        end.tryEmitEmpty();
        assertThat(handling.isDisposed()).isTrue();
    }

    @Test
    void anErrorOfTheAssemblyReleases() {
        Mono<Void> handling = handle((request, answer) -> {
            throw new IllegalStateException("no handler");
        });
        assertThatThrownBy(handling::block).hasMessage("no handler");
        assertThat(guard.status().admittedRequests()).isEqualTo(1);
    }

    @Test
    void anErrorOfTheSubscriptionReleases() {
        Mono<Void> handling = handle((request, answer) -> Mono.error(new IllegalStateException("broken")));
        assertThatThrownBy(handling::block).hasMessage("broken");
        assertThat(guard.status().admittedRequests()).isEqualTo(1);
    }

    @Test
    void aDeadlineReleases() {
        Mono<Void> handling = handle((request, answer) -> Mono.never());
        assertThatThrownBy(() -> handling.block(Duration.ofMillis(10))).isInstanceOf(IllegalStateException.class);
        assertThat(guard.status().admittedRequests()).isEqualTo(1);
    }

    @Test
    void whoCancelsWhileSubscribingHoldsNothing() {
        handle((request, answer) -> Mono.never()).subscribe(new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                cancel();
            }
        });
        assertThat(guard.status().admittedRequests()).isEqualTo(1);
    }

    @Test
    void completionAndCancellationThatRaceReleaseOnce() throws Exception {
        for (int i = 0; i < RACES; i++) {
            Sinks.Empty<Void> end = Sinks.empty();
            Disposable handling = handle((request, answer) -> end.asMono()).subscribe();
            CountDownLatch start = new CountDownLatch(1);
            Thread canceller = new Thread(() -> {
                start.countDown();
                handling.dispose();
            });
            canceller.start();
            start.await();
            end.tryEmitEmpty();
            canceller.join();
            assertThat(guard.status().activeRequests()).isZero();
        }
        assertThat(guard.status().admittedRequests()).isEqualTo(RACES);
    }

    @Test
    void aRefusalIsNotHandled() {
        guard.drain();
        AtomicInteger handled = new AtomicInteger();
        handle((request, answer) -> Mono.fromRunnable(handled::incrementAndGet)).block();
        assertThat(handled).hasValue(0);
        assertThat(response.getStatusCode()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
        assertThat(response.getHeaders().getFirst("Connection")).isEqualTo("close");
        assertThat(response.getBodyAsString().block())
                .isEqualTo("{\"status\":503,\"title\":\"Service Unavailable\",\"reason\":\"draining\"}");
    }

    @Test
    void aGuardThatFailsLetsTheRequestThrough() {
        AtomicInteger handled = new AtomicInteger();
        StandardGuard failing =
                StandardGuard.builder("server").tickInterval(Duration.ZERO).build();
        new GuardHttpHandler(
                        failing,
                        request -> {
                            throw new IllegalStateException("who is it?");
                        },
                        (request, answer) -> Mono.fromRunnable(handled::incrementAndGet))
                .handle(MockServerHttpRequest.get("/").build(), response)
                .block();
        assertThat(handled).hasValue(1);
        assertThat(failing.status().faults()).isEqualTo(1);
    }

    private Mono<Void> handle(HttpHandler handler) {
        return new GuardHttpHandler(guard, new PeerAttempts(guard.attempts()), handler)
                .handle(MockServerHttpRequest.get("/").build(), response);
    }
}
