package io.portguard.servlet.jetty;

import io.portguard.servlet.GuardedConnection;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Tells a guarded connection when a request on it begins and has ended, and the request what its connection is. */
final class RequestPhases extends Handler.Wrapper {

    RequestPhases(@Nullable Handler handler) {
        if (handler != null) {
            setHandler(handler);
        }
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        if (request.getConnectionMetaData().getAttribute(GuardedConnection.ATTRIBUTE)
                instanceof JettyConnection connection) {
            request.setAttribute(GuardedConnection.ATTRIBUTE, connection);
            connection.requestBegan();
            Request.addCompletionListener(request, failure -> connection.requestEnded());
        }
        return super.handle(request, response, callback);
    }
}
