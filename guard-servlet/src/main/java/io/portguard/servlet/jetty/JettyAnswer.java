package io.portguard.servlet.jetty;

import io.portguard.servlet.RefusalAnswer;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * The answer to a request that is no servlet request yet.
 *
 * @param callback to be completed with the answer
 */
record JettyAnswer(Request request, Response response, Callback callback) implements RefusalAnswer.Unsent {

    @Override
    public void begin(int status, String contentType, int contentLength) {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, contentLength);
    }

    @Override
    public void header(String name, String value) {
        response.getHeaders().put(name, value);
    }

    @Override
    public void endConnection() {
        if (request.getConnectionMetaData().getHttpVersion().getVersion() < 20) {
            response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE);
        }
    }

    /** A body that is here is read; the connection of one that is not ends with the answer, which says so. */
    @Override
    public void send(byte[] body) {
        if (!request.consumeAvailable()) {
            endConnection();
        }
        response.write(true, ByteBuffer.wrap(body), callback);
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
