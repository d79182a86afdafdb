package io.portguard.spring.webflux;

import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.http.Refusal;
import io.portguard.standard.StandardGuard;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Mono;

/** Answers refused reactive requests. */
final class ReactiveRefusal {

    private ReactiveRefusal() {}

    /** The answer to a refused request; null when it cannot be made and the request has to go on. */
    static @Nullable Mono<Void> of(StandardGuard port, ServerHttpResponse response, Rejection rejection) {
        try {
            Refusal refusal = Refusal.of(rejection.reason());
            response.setStatusCode(HttpStatusCode.valueOf(refusal.status()));
            HttpHeaders headers = response.getHeaders();
            headers.set(HttpHeaders.CONTENT_TYPE, Refusal.CONTENT_TYPE);
            headers.setContentLength(refusal.body().length);
            Refusal.retryFields(rejection, port.rateLimitFields(), headers::set);
            if (rejection.reason() == Reason.DRAINING) {
                // A service that shuts down is glad of every connection that ends.
                headers.set(HttpHeaders.CONNECTION, "close");
            }
            // A copy, because what is wrapped may be written to by whoever gets it. Completed as well, because a HEAD
            // request's response leaves the body out and is not committed by it.
            Mono<DataBuffer> body = Mono.fromSupplier(
                    () -> response.bufferFactory().wrap(refusal.body().clone()));
            return response.writeWith(body).then(Mono.defer(response::setComplete));
        } catch (Throwable fault) {
            port.guard().fault("refusing a request", fault);
            return null;
        }
    }
}
