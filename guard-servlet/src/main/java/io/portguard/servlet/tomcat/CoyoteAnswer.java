package io.portguard.servlet.tomcat;

import io.portguard.Rejection;
import io.portguard.servlet.RefusalAnswer;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.coyote.ActionCode;
import org.apache.coyote.Response;

/** The answer to a request of HTTP/1.1 that is no servlet request yet. */
record CoyoteAnswer(Http11Exchange exchange, Response response) implements RefusalAnswer.Unsent {

    @Override
    public void begin(int status, String contentType, int contentLength) {
        response.setStatus(status);
        response.setContentTypeNoCharset(contentType);
        response.setContentLength(contentLength);
    }

    @Override
    public void header(String name, String value) {
        response.setHeader(name, value);
    }

    @Override
    public void endConnection() {
        response.setHeader("Connection", "close");
    }

    @Override
    public void keepConnection(Rejection rejection) {
        exchange.commitRefusal(rejection);
    }

    @Override
    public void send(byte[] body) throws IOException {
        response.doWrite(ByteBuffer.wrap(body));
        response.action(ActionCode.CLOSE, null);
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
