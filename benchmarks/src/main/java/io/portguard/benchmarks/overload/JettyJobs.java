package io.portguard.benchmarks.overload;

import io.portguard.benchmarks.server.Containers;
import java.time.Duration;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.QoSHandler;

/** The service on Jetty, with Jetty's own settings. */
final class JettyJobs {

    static final String JETTY = "jetty " + Server.getVersion();

    private static final Duration SUSPENDED = Duration.ofMillis(100);

    private static final String JOBS = Scenario.PATH + "/*";

    private JettyJobs() {}

    static int bare() throws Exception {
        return Containers.jetty(null, new JobServlet(), JOBS);
    }

    static int guarded() throws Exception {
        return Containers.jetty(Guards.guard(), new JobServlet(), JOBS);
    }

    static int qosHandler() throws Exception {
        Server server = new Server();
        ServerConnector connector = Containers.onLoopback(server);
        ServletContextHandler service = new ServletContextHandler();
        service.addServlet(new ServletHolder(new JobServlet()), JOBS);
        QoSHandler handler = new QoSHandler(service) {
            @Override
            protected int getPriority(Request request) {
                return Request.getPathInContext(request).equals(Scenario.CRITICAL_PATH) ? 1 : 0;
            }
        };
        handler.setMaxRequestCount(Job.WORKERS);
        handler.setMaxSuspend(SUSPENDED);
        server.setHandler(handler);
        server.start();
        return connector.getLocalPort();
    }
}
