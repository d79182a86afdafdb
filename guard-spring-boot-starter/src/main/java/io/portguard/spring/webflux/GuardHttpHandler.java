package io.portguard.spring.webflux;

import io.portguard.Decision;
import io.portguard.Outcome;
import io.portguard.Permit;
import io.portguard.Rejection;
import io.portguard.standard.StandardGuard;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

/**
 * Admits or refuses reactive requests, and holds the permit of each that was admitted until it has ended, however it
 * ends. Around the handler of all requests, before the first filter. Thread-safe.
 *
 * <p>Should the guard itself fail, the request goes through.
 */
public final class GuardHttpHandler implements HttpHandler {

    /*
     * Before the first filter, and not the first filter itself: there the errors of handlers have not become
     * responses yet, and what a filter sees of a request may have been rewritten by ForwardedHeaderTransformer.
     *
     * A permit belongs to a subscription, not to the assembly of a pipeline: whoever assembles and never subscribes
     * holds nothing, and who subscribes twice is decided twice. From the decision on there is no way out but through
     * the subscriber that has the permit: an error of the assembly releases at once; completion, error and cancellation
     * release later, and of several only the first does. A server cancels when the client has gone. That is an operator
     * of its own, since defer, doOnError and doFinally cost a kept request half as much again as the whole decision.
     *
     * A WebSocket session lasts as long as its connection. Its permit is given back when the response to the
     * handshake is committed; from then on it is a connection and no request. The same holds of what requests.streams
     * names.
     */

    private final StandardGuard port;
    private final RequestAttempts attempts;
    private final HttpHandler next;

    public GuardHttpHandler(StandardGuard port, RequestAttempts attempts, HttpHandler next) {
        this.port = port;
        this.attempts = attempts;
        this.next = next;
    }

    @Override
    public Mono<Void> handle(ServerHttpRequest request, ServerHttpResponse response) {
        return new Guarded(request, response);
    }

    /** Is decided whenever it is subscribed to. */
    private final class Guarded extends Mono<Void> {

        private final ServerHttpRequest request;
        private final ServerHttpResponse response;

        Guarded(ServerHttpRequest request, ServerHttpResponse response) {
            this.request = request;
            this.response = response;
        }

        @Override
        public void subscribe(CoreSubscriber<? super Void> server) {
            Decision decision = decide(request);
            if (decision instanceof Permit permit) {
                serve(request, response, permit, server);
                return;
            }
            Mono<Void> handling =
                    decision instanceof Rejection rejection ? ReactiveRefusal.of(port, response, rejection) : null;
            if (handling == null) {
                try {
                    handling = next.handle(request, response);
                } catch (Throwable thrown) {
                    fail(server, thrown);
                    return;
                }
            }
            handling.subscribe(server);
        }
    }

    /** The guard's answer; null when it failed. */
    private @Nullable Decision decide(ServerHttpRequest request) {
        try {
            return port.guard().tryAdmit(attempts.of(request));
        } catch (Throwable fault) {
            port.guard().fault("deciding a request", fault);
            return null;
        }
    }

    private void serve(
            ServerHttpRequest request,
            ServerHttpResponse response,
            Permit permit,
            CoreSubscriber<? super Void> server) {
        Mono<Void> handling;
        try {
            if (ResponseOutcomes.asksForWebSocket(request)) {
                response.beforeCommit(() -> endAtUpgrade(response, permit));
            } else if (isStream(request)) {
                response.beforeCommit(() -> Mono.fromRunnable(() -> permit.release(ResponseOutcomes.of(response))));
            }
            handling = identifiedLater(next.handle(request, response), permit);
        } catch (Throwable thrown) {
            permit.release(ResponseOutcomes.of(thrown));
            fail(server, thrown);
            return;
        }
        handling.subscribe(new PermitSubscriber(server, response, permit));
    }

    /** The handler could not even assemble its handling. */
    private static void fail(CoreSubscriber<? super Void> server, Throwable thrown) {
        Operators.error(server, Operators.onOperatorError(thrown, server.currentContext()));
    }

    /** Shows the permit to {@link PrincipalWebFilter}, if there is to be one. */
    private Mono<Void> identifiedLater(Mono<Void> handling, Permit permit) {
        return port.attempts().areIdentifiedLater()
                ? handling.contextWrite(context -> context.put(port, permit))
                : handling;
    }

    private boolean isStream(ServerHttpRequest request) {
        try {
            return port.attempts().isStream(new ReactiveRequestView(request));
        } catch (Throwable fault) {
            port.guard().fault("looking for a stream", fault);
            return false;
        }
    }

    private static Mono<Void> endAtUpgrade(ServerHttpResponse response, Permit permit) {
        return Mono.fromRunnable(() -> {
            if (ResponseOutcomes.isUpgrade(response)) {
                permit.release(Outcome.IGNORED);
            }
        });
    }
}
