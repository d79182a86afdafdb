package io.portguard.spring.webflux;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.standard.StandardGuard;
import java.security.Principal;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** Clients told by whom a filter after the guard authenticates. After every test nothing is in flight. */
class PrincipalWebFilterTest {

    private final StandardGuard guard = StandardGuard.builder("server")
            .configure(Map.of(
                    "clients.identify-by",
                    "principal",
                    "clients.rate",
                    "1",
                    "clients.burst",
                    "2",
                    "clients.fair-share",
                    "false",
                    "shedding.enabled",
                    "false"))
            .clock(() -> 0)
            .tickInterval(Duration.ZERO)
            .build();
    private final AtomicInteger authenticated = new AtomicInteger();
    private final AtomicInteger served = new AtomicInteger();
    private final HttpHandler service = new GuardHttpHandler(
            guard,
            new PeerAttempts(guard.attempts()),
            WebHttpHandlerBuilder.webHandler(exchange -> Mono.fromRunnable(served::incrementAndGet))
                    .filter(authenticates(), new PrincipalWebFilter(guard))
                    .build());

    @AfterEach
    void nothingIsInFlight() {
        assertThat(guard.status().activeRequests()).isZero();
        assertThat(guard.status().faults()).isZero();
    }

    @Test
    void eachPrincipalHasItsOwnRateAndTheirAddressPaysForNone() {
        for (String name : new String[] {"ann", "bob", "eve"}) {
            assertThat(status(name)).isEqualTo(HttpStatus.OK);
            assertThat(status(name)).isEqualTo(HttpStatus.OK);
            assertThat(status(name)).isEqualTo(HttpStatus.TOO_MANY_REQUESTS);
        }
        assertThat(served).hasValue(6);
    }

    @Test
    void nobodyIsAuthenticatedForARequestThatItsAddressIsRefused() {
        assertThat(status("")).isEqualTo(HttpStatus.OK);
        assertThat(status("")).isEqualTo(HttpStatus.OK);
        for (int i = 0; i < 20; i++) {
            assertThat(status("ann")).isEqualTo(HttpStatus.TOO_MANY_REQUESTS);
        }
        assertThat(authenticated).hasValue(2);
        assertThat(served).hasValue(2);
    }

    @Test
    void aPrincipalIsBannedByItsName() {
        guard.ban(guard.identity().keyOf("eve"), 60);
        assertThat(status("eve")).isEqualTo(HttpStatus.FORBIDDEN);
        assertThat(status("ann")).isEqualTo(HttpStatus.OK);
        assertThat(served).hasValue(1);
    }

    @Test
    void whoGoesWhileItIsFoundOutWhoItIsHoldsNothing() {
        Disposable handling = service.handle(
                        MockServerHttpRequest.get("/").header("X-User", "slow").build(), new MockServerHttpResponse())
                .subscribe();
        assertThat(guard.status().activeRequests()).isOne();
        handling.dispose();
        assertThat(guard.status().activeRequests()).isZero();
    }

    @Test
    void aRequestThatNobodyCanAskForGoesOn() {
        HttpHandler unguarded = WebHttpHandlerBuilder.webHandler(exchange -> Mono.fromRunnable(served::incrementAndGet))
                .filter(new PrincipalWebFilter(guard))
                .build();
        unguarded
                .handle(MockServerHttpRequest.get("/").build(), new MockServerHttpResponse())
                .block();
        assertThat(served).hasValue(1);
    }

    /** As Spring Security does it: the principal is found out when it is asked for. */
    private WebFilter authenticates() {
        return (exchange, chain) -> chain.filter(exchange.mutate()
                .principal(Mono.defer(() -> {
                    authenticated.incrementAndGet();
                    String name = exchange.getRequest().getHeaders().getFirst("X-User");
                    return name == null ? Mono.empty() : name.equals("slow") ? Mono.never() : Mono.just(named(name));
                }))
                .build());
    }

    private static Principal named(String name) {
        return () -> name;
    }

    private HttpStatusCode status(String user) {
        MockServerHttpRequest.BaseBuilder<?> request = MockServerHttpRequest.get("/");
        MockServerHttpResponse response = new MockServerHttpResponse();
        service.handle((user.isEmpty() ? request : request.header("X-User", user)).build(), response)
                .block();
        HttpStatusCode status = response.getStatusCode();
        return status == null ? HttpStatus.OK : status;
    }
}
