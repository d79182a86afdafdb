package io.portguard.spring.webflux;

import io.portguard.Outcome;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.util.DisconnectedClientHelper;

/** Tells from a response, or from an error, how an admitted request ended. */
final class ResponseOutcomes {

    private ResponseOutcomes() {}

    static Outcome of(ServerHttpResponse response) {
        HttpStatusCode status = response.getStatusCode();
        if (status != null && status.is5xxServerError()) {
            return Outcome.FAILURE;
        }
        return isUnbounded(response) ? Outcome.IGNORED : Outcome.SUCCESS;
    }

    /** How long events were streamed says nothing of the service. */
    private static boolean isUnbounded(ServerHttpResponse response) {
        String type = response.getHeaders().getFirst(HttpHeaders.CONTENT_TYPE);
        return type != null && type.startsWith(MediaType.TEXT_EVENT_STREAM_VALUE);
    }

    static Outcome of(Throwable error) {
        return DisconnectedClientHelper.isClientDisconnectedException(error) ? Outcome.IGNORED : Outcome.FAILURE;
    }

    static boolean asksForWebSocket(ServerHttpRequest request) {
        return "websocket".equalsIgnoreCase(request.getHeaders().getUpgrade());
    }

    /**
     * Whether a response that is about to be committed gives the connection to the WebSocket protocol. WebFlux
     * commits an empty response that it gave no status before the server writes the real one.
     */
    static boolean isUpgrade(ServerHttpResponse response) {
        HttpStatusCode status = response.getStatusCode();
        return (status == null
                        || status.isSameCodeAs(HttpStatus.OK)
                        || status.isSameCodeAs(HttpStatus.SWITCHING_PROTOCOLS))
                && !response.getHeaders().containsHeader(HttpHeaders.CONTENT_TYPE);
    }
}
