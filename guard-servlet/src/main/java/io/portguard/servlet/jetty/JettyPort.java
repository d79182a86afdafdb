package io.portguard.servlet.jetty;

import io.portguard.servlet.ConnectionGate;
import io.portguard.standard.StandardGuard;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * Guards the ports of a Jetty server at the connection level, TLS and HTTP/2 included; {@link
 * io.portguard.servlet.GuardFilter} with the same guard does the rest.
 *
 * <pre>{@code
 * JettyPort.guard(connector, guard);   // before the server starts
 * }</pre>
 *
 * <p>While the guard enforces, its settings take the place of Jetty's own: {@code connections.request-timeout} and
 * {@code connections.idle-timeout} that of the connector's idle timeout, outside of requests, where the latter is
 * shorter. All of them follow a tuning at once. When the guard does not enforce, Jetty's own apply. An accept queue that was not configured is 1,024 long, as far
 * as the kernel allows.
 */
public final class JettyPort {

    /**
     * The accept queue where none was configured. The platform's own 50 is full when the acceptor has been held up for
     * some milliseconds, and then who comes is dropped or has to be closed.
     */
    private static final int ACCEPT_QUEUE = 1_024;

    private JettyPort() {}

    /**
     * Guards one connector, whose server has its handlers by now and has not started.
     *
     * @throws IllegalStateException when the connector is running
     */
    public static void guard(ServerConnector connector, StandardGuard port) {
        if (connector.isRunning()) {
            throw new IllegalStateException(
                    "connector: " + connector + " is running (expected: guarded before it starts)");
        }
        if (connector.getAcceptQueueSize() <= 0) {
            connector.setAcceptQueueSize(ACCEPT_QUEUE);
        }
        ConnectorGuard guard = new ConnectorGuard(connector, new ConnectionGate(port));
        connector.addBean(guard);
        guardRequests(connector.getServer());
    }

    /** Once for all connectors of a server, outside of every other handler. */
    private static void guardRequests(Server server) {
        Handler outermost = server.getHandler();
        if (!(outermost instanceof RequestPhases)) {
            server.setHandler(new RequestPhases(outermost));
        }
    }
}
