package io.portguard.servlet.jetty;

import io.portguard.servlet.GuardedConnection;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Tells a guarded connection when a request on it begins and has ended, and the request what its connection is; refuses it
 * here where a filter would refuse it later. A flood is then refused without the context, the servlet request and the
 * filters, which a process that has only just been started would interpret, every refusal anew, until all of it has been
 * compiled.
 */
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
            JettyRequest guarded = new JettyRequest(connection);
            request.setAttribute(GuardedConnection.ATTRIBUTE, guarded);
            connection.requestBegan();
            Request.addCompletionListener(request, guarded);
            if (guarded.refuses(request, response, callback)) {
                return true;
            }
        }
        return super.handle(request, response, callback);
    }
}
