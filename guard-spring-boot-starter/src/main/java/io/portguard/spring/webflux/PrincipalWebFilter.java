package io.portguard.spring.webflux;

import io.portguard.Permit;
import io.portguard.Rejection;
import io.portguard.standard.StandardGuard;
import java.security.Principal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Asks who makes a request that {@link GuardHttpHandler} has admitted by its address, and decides anew by the rules about
 * clients, for services with {@code clients.identify-by: principal}; with any other it does nothing. To come in the chain
 * right after the filter that authenticates. Thread-safe.
 *
 * <p>A request without a principal stays its address's. Should the guard itself fail, the request goes through.
 */
public final class PrincipalWebFilter implements WebFilter {

    private final StandardGuard port;

    public PrincipalWebFilter(StandardGuard port) {
        this.port = port;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        if (!port.attempts().areIdentifiedLater()) {
            return chain.filter(exchange);
        }
        return Mono.deferContextual(context -> {
            Optional<Permit> admitted = context.getOrEmpty(port);
            return admitted.isEmpty()
                    ? chain.filter(exchange)
                    : principal(exchange).flatMap(name -> goOn(exchange, chain, admitted.get(), name.orElse(null)));
        });
    }

    /** The name of who makes the request; empty when that is nobody, or nobody that can be found out. */
    private Mono<Optional<String>> principal(ServerWebExchange exchange) {
        return exchange.getPrincipal()
                .map(Principal::getName)
                .map(Optional::of)
                .onErrorResume(fault -> {
                    port.guard().fault("identifying a client", fault);
                    return Mono.empty();
                })
                .defaultIfEmpty(Optional.empty());
    }

    private Mono<Void> goOn(
            ServerWebExchange exchange, WebFilterChain chain, Permit permit, @Nullable String principal) {
        Rejection rejection = principal == null ? null : judge(permit, principal);
        Mono<Void> refusal = rejection == null ? null : ReactiveRefusal.of(port, exchange.getResponse(), rejection);
        return refusal == null ? chain.filter(exchange) : refusal;
    }

    /** Why the principal's request is not to go on; null when it is. */
    private @Nullable Rejection judge(Permit permit, String principal) {
        try {
            return port.identify(permit, principal);
        } catch (RuntimeException fault) {
            port.guard().fault("identifying a client", fault);
            return null;
        }
    }
}
