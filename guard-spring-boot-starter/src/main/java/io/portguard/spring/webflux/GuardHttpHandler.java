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
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

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
     * doFinally: an error of the assembly releases at once; completion, error and cancellation release later, and of
     * several only the first does. A server cancels when the client has gone.
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
        return Mono.defer(() -> decideAndHandle(request, response));
    }

    private Mono<Void> decideAndHandle(ServerHttpRequest request, ServerHttpResponse response) {
        Decision decision = decide(request);
        if (decision instanceof Rejection rejection) {
            Mono<Void> refusal = ReactiveRefusal.of(port, response, rejection);
            return refusal == null ? next.handle(request, response) : refusal;
        }
        return decision instanceof Permit permit ? serve(request, response, permit) : next.handle(request, response);
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

    private Mono<Void> serve(ServerHttpRequest request, ServerHttpResponse response, Permit permit) {
        try {
            if (ResponseOutcomes.asksForWebSocket(request)) {
                response.beforeCommit(() -> endAtUpgrade(response, permit));
            } else if (isStream(request)) {
                response.beforeCommit(() -> Mono.fromRunnable(() -> permit.release(ResponseOutcomes.of(response))));
            }
            return identifiedLater(next.handle(request, response), permit)
                    .doOnError(error -> permit.release(ResponseOutcomes.of(error)))
                    .doFinally(signal -> release(signal, response, permit));
        } catch (Throwable thrown) {
            permit.release(ResponseOutcomes.of(thrown));
            throw thrown;
        }
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

    private static void release(SignalType signal, ServerHttpResponse response, Permit permit) {
        permit.release(signal == SignalType.CANCEL ? Outcome.IGNORED : ResponseOutcomes.of(response));
    }
}
