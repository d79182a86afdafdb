package io.portguard.servlet.tomcat;

import io.portguard.ConnectionStance;
import io.portguard.Decision;
import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.http.Refusal;
import io.portguard.servlet.AdmittedConnection;
import io.portguard.standard.StandardGuard;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.coyote.ActionCode;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.jspecify.annotations.Nullable;

/**
 * Decides about requests of HTTP/1.1 before Tomcat has made a servlet request of them, and answers those that it refuses.
 * A flood is refused without the mapping of its requests, the valves and the filters, which a process that has only just
 * been started would interpret, every refusal anew, until all of it has been compiled.
 */
final class RequestGate {

    private RequestGate() {}

    /** The guard's answer; null when it failed. */
    static @Nullable Decision decide(AdmittedConnection connection, Request request) {
        StandardGuard port = connection.port();
        try {
            return port.guard().tryAdmit(connection.attempt(new CoyoteRequestView(request)));
        } catch (Throwable fault) {
            port.guard().fault("deciding a request", fault);
            return null;
        }
    }

    /** Answers a refused request; returns false when that failed and the request has to go on. */
    static boolean answer(Http11Exchange exchange, StandardGuard port, Response response, Rejection rejection) {
        try {
            write(exchange, port, response, rejection);
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

    private static void write(Http11Exchange exchange, StandardGuard port, Response response, Rejection rejection)
            throws IOException {
        Refusal refusal = Refusal.of(rejection.reason());
        byte[] body = refusal.body();
        response.setStatus(refusal.status());
        response.setContentTypeNoCharset(Refusal.CONTENT_TYPE);
        response.setContentLength(body.length);
        Refusal.retryFields(rejection, port.rateLimitFields(), response::setHeader);
        if (port.connectionStance() == ConnectionStance.NO_KEEP_ALIVE) {
            response.setHeader("Connection", "close");
        }
        // A service that shuts down is glad of every connection that ends.
        if (rejection.reason() != Reason.DRAINING) {
            exchange.commitRefusal(rejection);
        }
        response.doWrite(ByteBuffer.wrap(body));
        response.action(ActionCode.CLOSE, null);
    }
}
