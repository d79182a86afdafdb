package io.portguard.servlet.tomcat;

import io.portguard.servlet.ConnectionGate;
import io.portguard.standard.StandardGuard;
import org.apache.coyote.Adapter;
import org.apache.coyote.ContinueResponseTiming;
import org.apache.coyote.Processor;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.coyote.http11.Http11NioProtocol;
import org.jspecify.annotations.Nullable;

/**
 * Tomcat's HTTP/1.1 over NIO, guarded at the connection level, TLS and an upgrade to HTTP/2 included. To be given
 * to a {@link org.apache.catalina.connector.Connector}; {@link io.portguard.servlet.GuardFilter} with the same
 * guard does the rest.
 *
 * <p>While the guard enforces, its settings take the place of Tomcat's own: {@code connections.idle-timeout} of
 * {@code keepAliveTimeout}, {@code connections.request-timeout} of {@code connectionTimeout} up to the end of the
 * header, and {@code maxConnections} gives way to a higher {@code connections.max}. All of them follow a tuning at
 * once. When the guard does not enforce, Tomcat's own apply.
 */
public final class GuardedHttp11NioProtocol extends Http11NioProtocol {

    private @Nullable StandardGuard port;

    public GuardedHttp11NioProtocol(StandardGuard port) {
        this();
        guard(port);
    }

    /** For those who make a protocol by the name of its class: it has to be given its guard before it starts. */
    public GuardedHttp11NioProtocol() {
        super(new GuardedNioEndpoint());
        // A client that asks before it sends a body must hear of a refusal before it is told to go on.
        setContinueResponseTiming(ContinueResponseTiming.ON_REQUEST_BODY_READ.toString());
    }

    /**
     * Gives the protocol its guard.
     *
     * @throws IllegalStateException when it has one
     */
    public void guard(StandardGuard port) {
        if (this.port != null) {
            throw new IllegalStateException(
                    "guard: " + this.port.guard() + " already (expected: one guard, given once)");
        }
        this.port = port;
        GuardedNioEndpoint endpoint = endpoint();
        endpoint.guard(new ConnectionGate(port));
        port.settings().onChange(endpoint::configure);
    }

    GuardedNioEndpoint endpoint() {
        return (GuardedNioEndpoint) getEndpoint();
    }

    private StandardGuard port() {
        if (port == null) {
            throw new IllegalStateException("guard: none (expected: guard(port) before the protocol starts)");
        }
        return port;
    }

    /** Starts to accept, and has the guard watch the accept queue and the executor. */
    @Override
    public void start() throws Exception {
        StandardGuard port = port();
        super.start();
        port.queueDelay().watch(getExecutor());
        int localPort = getLocalPort();
        if (localPort > 0) {
            port.watchBacklog(localPort, getAcceptCount());
            port.queueDelay().watch(getExecutor());
        }
    }

    @Override
    public void setAdapter(Adapter adapter) {
        super.setAdapter(new ConnectionKeepingAdapter(adapter));
    }

    @Override
    protected Processor createProcessor() {
        return new GuardedHttp11Processor(this, getAdapter());
    }

    /** Called between the point where a status makes Tomcat drop the connection and the status line; see there. */
    @Override
    public boolean useCompression(Request request, Response response) {
        Http11Exchange exchange = Http11Exchange.of(response);
        boolean refused = exchange != null && exchange.restoreStatus();
        return !refused && super.useCompression(request, response);
    }
}
