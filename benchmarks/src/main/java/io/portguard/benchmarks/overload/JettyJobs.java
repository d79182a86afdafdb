package io.portguard.benchmarks.overload;

import io.portguard.servlet.GuardFilter;
import io.portguard.servlet.jetty.JettyPort;
import io.portguard.standard.StandardGuard;
import jakarta.servlet.DispatcherType;
import java.net.InetAddress;
import java.time.Duration;
import java.util.EnumSet;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.QoSHandler;

/** The service on Jetty, with Jetty's own settings. */
final class JettyJobs {

    static final String JETTY = "jetty " + Server.getVersion();

    private static final Duration SUSPENDED = Duration.ofMillis(100);

    private JettyJobs() {}

    static int bare() throws Exception {
        Server server = new Server();
        return serve(server, connector(server), service());
    }

    static int qosHandler() throws Exception {
        Server server = new Server();
        QoSHandler handler = new QoSHandler(service()) {
            @Override
            protected int getPriority(Request request) {
                return Request.getPathInContext(request).equals(Scenario.CRITICAL_PATH) ? 1 : 0;
            }
        };
        handler.setMaxRequestCount(Job.WORKERS);
        handler.setMaxSuspend(SUSPENDED);
        return serve(server, connector(server), handler);
    }

    static int guarded() throws Exception {
        StandardGuard guard = Guards.guard();
        ServletContextHandler service = service();
        FilterHolder filter = new FilterHolder(new GuardFilter(guard));
        filter.setAsyncSupported(true);
        service.addFilter(filter, "/*", EnumSet.of(DispatcherType.REQUEST));
        Server server = new Server();
        ServerConnector connector = connector(server);
        server.setHandler(service);
        JettyPort.guard(connector, guard);
        server.start();
        return connector.getLocalPort();
    }

    private static ServerConnector connector(Server server) {
        ServerConnector connector = new ServerConnector(server);
        connector.setHost(InetAddress.getLoopbackAddress().getHostAddress());
        server.addConnector(connector);
        return connector;
    }

    private static ServletContextHandler service() {
        ServletContextHandler context = new ServletContextHandler();
        context.addServlet(new ServletHolder(new JobServlet()), Scenario.PATH + "/*");
        return context;
    }

    private static int serve(Server server, ServerConnector connector, Handler handler) throws Exception {
        server.setHandler(handler);
        server.start();
        return connector.getLocalPort();
    }
}
