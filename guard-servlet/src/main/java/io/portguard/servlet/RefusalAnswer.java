package io.portguard.servlet;

import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.http.RateLimitFields;
import io.portguard.http.Refusal;
import io.portguard.standard.StandardGuard;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Writes the answer to a refused request. */
final class RefusalAnswer {

    private RefusalAnswer() {}

    /** Answers a refused request; returns false when that failed and the request has to go on. */
    static boolean write(
            StandardGuard port, HttpServletRequest request, HttpServletResponse response, Rejection rejection) {
        try {
            write(response, rejection, port.rateLimitFields(), GuardFilter.connectionOf(request, port));
            return true;
        } catch (IOException clientIsGone) {
            return true;
        } catch (Throwable fault) {
            port.guard().fault("refusing a request", fault);
            if (response.isCommitted()) {
                return true;
            }
            response.reset();
            return false;
        }
    }

    /**
     * Writes the whole answer; what the request's body still holds is left to the container.
     *
     * @param fields what to say of the clients' rate; null when there is none
     * @param connection to be kept; null when the container decides by itself
     */
    private static void write(
            HttpServletResponse response,
            Rejection rejection,
            @Nullable RateLimitFields fields,
            @Nullable GuardedConnection connection)
            throws IOException {
        Refusal refusal = Refusal.of(rejection.reason());
        byte[] body = refusal.body();
        response.setStatus(refusal.status());
        response.setContentType(Refusal.CONTENT_TYPE);
        response.setContentLength(body.length);
        Refusal.retryFields(rejection, fields, response::setHeader);
        // A service that shuts down is glad of every connection that ends.
        if (connection != null && rejection.reason() != Reason.DRAINING) {
            connection.commitRefusal(rejection);
        }
        response.getOutputStream().write(body);
    }
}
