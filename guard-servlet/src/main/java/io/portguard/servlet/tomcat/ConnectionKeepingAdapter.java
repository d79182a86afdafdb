package io.portguard.servlet.tomcat;

import io.portguard.servlet.AdmittedConnection;
import jakarta.servlet.http.HttpServletResponse;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.coyote.ActionCode;
import org.apache.coyote.Adapter;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.tomcat.util.net.SocketEvent;
import org.jspecify.annotations.Nullable;

/**
 * Tells the {@link Http11Exchange} of an HTTP/1.1 request when the container begins to serve it and has ended, and
 * its connection when it fails meanwhile; of HTTP/2, tells the connection when a stream is served and has ended.
 */
final class ConnectionKeepingAdapter implements Adapter {

    private static final int STREAM_NOTE = 30;

    private final Adapter container;

    ConnectionKeepingAdapter(Adapter container) {
        this.container = container;
    }

    @Override
    public void service(Request request, Response response) throws Exception {
        Http11Exchange exchange = Http11Exchange.of(response);
        if (exchange == null) {
            serveStream(request, response);
            return;
        }
        // What it cannot read Tomcat brings here with the status that it will answer.
        if (response.getStatus() == HttpServletResponse.SC_BAD_REQUEST) {
            exchange.malformed();
        }
        exchange.headerIsComplete();
        if (exchange.refuses()) {
            // No valve sees the request that could write the access log.
            container.log(request, response, System.nanoTime() - request.getStartTimeNanos());
        } else {
            try {
                container.service(request, response);
            } finally {
                exchange.served();
            }
        }
        exchange.leaveStatus();
    }

    private void serveStream(Request request, Response response) throws Exception {
        AdmittedConnection connection = connection(request);
        if (connection == null) {
            container.service(request, response);
            return;
        }
        Stream stream = new Stream(connection);
        response.setNote(STREAM_NOTE, stream);
        try {
            container.service(request, response);
        } finally {
            stream.endUnlessAsync(request);
        }
    }

    private static @Nullable AdmittedConnection connection(Request request) {
        return request.getServletConnection() instanceof TomcatConnection connection ? connection.admitted() : null;
    }

    @Override
    public boolean prepare(Request request, Response response) throws Exception {
        return container.prepare(request, response);
    }

    @Override
    public boolean asyncDispatch(Request request, Response response, SocketEvent event) throws Exception {
        // For HTTP/1.1 alone: where one stream fails, the connection may be as good as before.
        if (Http11Exchange.of(response) != null) {
            AdmittedConnection connection = event == SocketEvent.ERROR ? connection(request) : null;
            if (connection != null) {
                connection.broken();
            }
            return container.asyncDispatch(request, response, event);
        }
        Stream stream = response.getNote(STREAM_NOTE) instanceof Stream known ? known : null;
        try {
            return container.asyncDispatch(request, response, event);
        } finally {
            if (stream != null) {
                stream.endUnlessAsync(request);
            }
        }
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

    /** A request of HTTP/2 that is being served; its threads follow one another. */
    private static final class Stream {

        private final AdmittedConnection connection;
        private boolean ended;

        Stream(AdmittedConnection connection) {
            this.connection = connection;
            connection.streamBegan();
        }

        void endUnlessAsync(Request request) {
            AtomicBoolean async = new AtomicBoolean();
            request.action(ActionCode.ASYNC_IS_ASYNC, async);
            if (!ended && !async.get()) {
                ended = true;
                connection.streamEnded();
            }
        }
    }
}
