package io.portguard.servlet;

import io.portguard.Outcome;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;

/** Tells from a response, or from what was thrown, how an admitted request ended. */
final class Outcomes {

    /**
     * What Tomcat, Jetty and Spring throw when the client has gone. By name, since none of them needs to be there.
     * Not by message: "connection reset" may as well be said of a connection that the application opened.
     */
    private static final Set<String> CLIENT_GONE = Set.of(
            "org.apache.catalina.connector.ClientAbortException",
            "org.apache.coyote.CloseNowException",
            "org.eclipse.jetty.io.EofException",
            "org.springframework.web.context.request.async.AsyncRequestNotUsableException");

    private static final int MAX_CAUSES = 8;

    private Outcomes() {}

    static Outcome of(HttpServletResponse response) {
        int status;
        String contentType;
        try {
            status = response.getStatus();
            contentType = response.getContentType();
        } catch (RuntimeException recycled) {
            return Outcome.IGNORED;
        }
        if (status >= 500) {
            return Outcome.FAILURE;
        }
        // An upgraded connection is no request any more, and how long events were streamed says nothing.
        boolean unbounded = status == HttpServletResponse.SC_SWITCHING_PROTOCOLS
                || (contentType != null && contentType.startsWith("text/event-stream"));
        return unbounded ? Outcome.IGNORED : Outcome.SUCCESS;
    }

    static Outcome of(Throwable thrown) {
        Throwable cause = thrown;
        for (int i = 0; i < MAX_CAUSES && cause != null; i++) {
            if (cause instanceof IOException
                    && CLIENT_GONE.contains(cause.getClass().getName())) {
                return Outcome.IGNORED;
            }
            cause = cause instanceof ServletException wrapped && wrapped.getRootCause() != null
                    ? wrapped.getRootCause()
                    : cause.getCause();
        }
        return Outcome.FAILURE;
    }
}
