package io.portguard.servlet.tomcat;

import org.apache.coyote.Adapter;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.tomcat.util.net.SocketEvent;
import org.jspecify.annotations.Nullable;

/**
 * Tells the {@link Http11Exchange} of an HTTP/1.1 request when the container begins to serve it and has ended, and
 * its connection when it fails meanwhile.
 */
final class ConnectionKeepingAdapter implements Adapter {

    private final Adapter container;

    ConnectionKeepingAdapter(Adapter container) {
        this.container = container;
    }

    @Override
    public void service(Request request, Response response) throws Exception {
        Http11Exchange exchange = Http11Exchange.of(response);
        if (exchange == null) {
            container.service(request, response);
            return;
        }
        exchange.headerIsComplete();
        container.service(request, response);
        exchange.leaveStatus();
    }

    @Override
    public boolean prepare(Request request, Response response) throws Exception {
        return container.prepare(request, response);
    }

    @Override
    public boolean asyncDispatch(Request request, Response response, SocketEvent event) throws Exception {
        // For HTTP/1.1 alone: where one stream fails, the connection may be as good as before.
        if (event == SocketEvent.ERROR
                && Http11Exchange.of(response) != null
                && request.getServletConnection() instanceof TomcatConnection connection) {
            connection.admitted().broken();
        }
        return container.asyncDispatch(request, response, event);
    }

    @Override
    public void log(Request request, Response response, long time) {
        container.log(request, response, time);
    }

    @Override
    public void checkRecycled(Request request, Response response) {
        container.checkRecycled(request, response);
    }

    @Override
    public @Nullable String getDomain() {
        return container.getDomain();
    }
}
