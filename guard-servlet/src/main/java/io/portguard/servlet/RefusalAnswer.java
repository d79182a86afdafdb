package io.portguard.servlet;

import io.portguard.ConnectionStance;
import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.http.Refusal;
import io.portguard.standard.StandardGuard;
import java.io.IOException;

/** Answers refused requests, whatever their container calls a response. */
public final class RefusalAnswer {

    /** The response to a request that has been refused, of which nothing has been sent yet. */
    public interface Unsent {

        void begin(int status, String contentType, int contentLength);

        void header(String name, String value);

        /** Has the connection end with the response, where its protocol has a header for that. */
        void endConnection();

        /** Has the connection stay where the container would end it for the status of a refusal. */
        default void keepConnection(Rejection rejection) {}

        /**
         * Sends all of it. What the request's body still holds is left to the container.
         *
         * @throws IOException when the client is gone
         */
        void send(byte[] body) throws IOException;

        boolean isCommitted();

        /** Takes back what was not sent. */
        void reset();
    }

    private RefusalAnswer() {}

    /** Answers a refused request; returns false when that failed and the request has to go on. */
    public static boolean write(StandardGuard port, Rejection rejection, Unsent answer) {
        try {
            Refusal refusal = Refusal.of(rejection.reason());
            byte[] body = refusal.body();
            answer.begin(refusal.status(), Refusal.CONTENT_TYPE, body.length);
            Refusal.retryFields(rejection, port.rateLimitFields(), answer::header);
            if (port.connectionStance() == ConnectionStance.NO_KEEP_ALIVE) {
                answer.endConnection();
            }
            // A service that shuts down is glad of every connection that ends.
            if (rejection.reason() != Reason.DRAINING) {
                answer.keepConnection(rejection);
            }
            answer.send(body);
            return true;
        } catch (IOException clientIsGone) {
            return true;
        } catch (Throwable fault) {
            port.guard().fault("refusing a request", fault);
            if (answer.isCommitted()) {
                return true;
            }
            answer.reset();
            return false;
        }
    }
}
