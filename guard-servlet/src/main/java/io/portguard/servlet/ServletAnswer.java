package io.portguard.servlet;

import io.portguard.Rejection;
import io.portguard.standard.StandardGuard;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a servlet request.
 *
 * @param connection to be kept; null when the container decides by itself
 */
record ServletAnswer(
        HttpServletRequest request,
        HttpServletResponse response,
        @Nullable GuardedConnection connection) implements RefusalAnswer.Unsent {

    static ServletAnswer to(StandardGuard port, HttpServletRequest request, HttpServletResponse response) {
        return new ServletAnswer(request, response, GuardFilter.connectionOf(request, port));
    }

    @Override
    public void begin(int status, String contentType, int contentLength) {
        response.setStatus(status);
        response.setContentType(contentType);
        response.setContentLength(contentLength);
    }

    @Override
    public void header(String name, String value) {
        response.setHeader(name, value);
    }

    @Override
    public void endConnection() {
        endConnection(request, response);
    }

    /** Has the connection end with the response; a connection of HTTP/2 has no header for that and stays. */
    static void endConnection(HttpServletRequest request, HttpServletResponse response) {
        if (request.getProtocol().startsWith("HTTP/1")) {
            response.setHeader("Connection", "close");
        }
    }

    @Override
    public void keepConnection(Rejection rejection) {
        if (connection != null) {
            connection.commitRefusal(rejection);
        }
    }

    @Override
    public void send(byte[] body) throws IOException {
        response.getOutputStream().write(body);
    }

    @Override
    public boolean isCommitted() {
        return response.isCommitted();
    }

    @Override
    public void reset() {
        response.reset();
    }
}
