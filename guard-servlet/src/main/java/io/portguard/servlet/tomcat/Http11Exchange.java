package io.portguard.servlet.tomcat;

import io.portguard.Decision;
import io.portguard.Failure;
import io.portguard.Outcome;
import io.portguard.Permit;
import io.portguard.Rejection;
import io.portguard.servlet.AdmittedConnection;
import io.portguard.servlet.RefusalAnswer;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.coyote.ActionCode;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.coyote.UpgradeToken;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.jspecify.annotations.Nullable;

/**
 * The request that one HTTP/1.1 processor is serving, as far as the guard is concerned. There is one per processor,
 * used by its thread alone, kept with the processor's response.
 */
final class Http11Exchange {

    /*
     * How a refusal keeps its connection.
     *
     * Tomcat closes a connection after a 503 (Http11Processor.statusDropsConnection, private), so that every refused
     * request under overload breeds a new connection. It asks for the status twice: when the headers are prepared,
     * and again when the adapter has returned. Between these, and before the status line is written, it is asked
     * anew what the status is:
     *
     *   prepareResponse()   statusCode = response.getStatus()         429, put there by commitRefusal()
     *                       protocol.useCompression(...)              calls restoreStatus(): 503
     *                       if (statusDropsConnection(statusCode))    asks the 429, keeps
     *                       writeHeaders(response.getStatus(), ...)   writes 503
     *   adapter.service()   the access log sees 503
     *                       ConnectionKeepingAdapter calls leaveStatus(): 429
     *   service()           if (statusDropsConnection(response.getStatus()))    keeps
     *
     * All but the number stays Tomcat's business, which is why this was chosen above writing a finished answer to the
     * socket past Tomcat: HEAD, HTTP/1.0, a body too large to swallow, an expectation that was not met, a connection
     * that has served its last request, Date, Keep-Alive and Connection headers, and the count of bytes. Should a
     * later Tomcat ask in another order, clients would be told 429 or lose their connection; nothing breaks.
     */

    private static final int NOTE = 31;
    private static final int KEEPING_STATUS = 429;
    private static final int NONE = 0;

    private final Response response;
    private @Nullable GuardedSocketWrapper connection;
    private int statusToRestore = NONE;
    private boolean refused;
    private @Nullable Permit permit;

    private Http11Exchange(Response response) {
        this.response = response;
    }

    static Http11Exchange with(Response response) {
        Http11Exchange exchange = new Http11Exchange(response);
        response.setNote(NOTE, exchange);
        return exchange;
    }

    /** The exchange that a response belongs to; null for one of HTTP/2. */
    static @Nullable Http11Exchange of(Response response) {
        return response.getNote(NOTE) instanceof Http11Exchange exchange ? exchange : null;
    }

    /** A thread begins to work for the connection. */
    void enter(GuardedSocketWrapper connection) {
        this.connection = connection;
        connection.entered(this);
    }

    /** What came is no request. */
    void malformed() {
        if (connection != null) {
            connection.admitted().failed(Failure.MALFORMED_REQUEST);
        }
    }

    /** The header of a request is complete. */
    void headerIsComplete() {
        refused = false;
        if (connection != null) {
            connection.headerIsComplete();
        }
    }

    /**
     * Decides about the request before Tomcat makes a servlet request of it, if a filter would decide about it later, and
     * answers it if it is refused.
     *
     * @return whether it was
     */
    boolean refuses() {
        if (connection == null
                || !connection.areRequestsGuarded()
                || response.getStatus() != HttpServletResponse.SC_OK) {
            return false;
        }
        AdmittedConnection admitted = connection.admitted();
        Decision decision = admitted.tryAdmit(new CoyoteRequestView(response.getRequest()));
        if (decision instanceof Rejection rejection) {
            return RefusalAnswer.write(admitted.port(), rejection, new CoyoteAnswer(this, response));
        }
        permit = (Permit) decision;
        return false;
    }

    /** The permit of a request that was admitted beforehand, for whom it is left to. */
    @Nullable
    Permit takePermit() {
        Permit taken = permit;
        permit = null;
        return taken;
    }

    /** The container has served the request. What no filter has taken was served where nobody guards it. */
    void served() {
        Permit left = takePermit();
        if (left != null) {
            left.release(Outcome.IGNORED);
        }
    }

    /** Commits the response so that the connection is kept unless something else speaks against it. */
    void commitRefusal(Rejection rejection) {
        if (response.isCommitted()) {
            return;
        }
        meetBody(rejection);
        int status = response.getStatus();
        statusToRestore = status;
        response.setStatus(KEEPING_STATUS);
        try {
            response.commit();
            refused = true;
        } finally {
            response.setStatus(status);
            statusToRestore = NONE;
        }
    }

    /**
     * Tomcat reads what is left of a body before it goes on, and a thread waits for it. A client that is refused for
     * what it does itself is not waited for; another only for a moment, so that its answer is not lost in a reset.
     */
    private void meetBody(Rejection rejection) {
        Request request = response.getRequest();
        request.action(ActionCode.AVAILABLE, true);
        long length = request.getContentLengthLong();
        boolean isHere = length < 0
                ? request.getMimeHeaders().getHeader("Transfer-Encoding") == null
                : length <= request.getAvailable();
        if (isHere) {
            return;
        }
        if (rejection.reason().httpStatus() != HttpServletResponse.SC_SERVICE_UNAVAILABLE) {
            response.setHeader("Connection", "close");
            response.action(ActionCode.DISABLE_SWALLOW_INPUT, null);
        } else if (connection != null) {
            connection.swallowsBody();
        }
    }

    /** Takes back the status that keeps the connection, if it is there; returns whether it was. */
    boolean restoreStatus() {
        if (statusToRestore == NONE) {
            return false;
        }
        response.setStatus(statusToRestore);
        return true;
    }

    /** The response has been written and logged. */
    void leaveStatus() {
        if (refused) {
            refused = false;
            response.setStatus(KEEPING_STATUS);
        }
    }

    /**
     * The thread leaves the connection.
     *
     * @return the state that the connection is to have
     */
    SocketState leave(SocketState state, boolean async, @Nullable UpgradeToken upgrade) {
        GuardedSocketWrapper left = connection;
        connection = null;
        return left == null ? state : left.left(state, async, upgrade);
    }
}
