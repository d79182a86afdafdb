package io.portguard.benchmarks.overload;

import io.portguard.benchmarks.server.Containers;
import io.portguard.servlet.GuardFilter;
import io.portguard.servlet.tomcat.GuardedHttp11NioProtocol;
import io.portguard.standard.StandardGuard;
import jakarta.servlet.Filter;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.util.ServerInfo;
import org.jspecify.annotations.Nullable;

/** The service on Tomcat, with Tomcat's own settings. */
final class TomcatJobs {

    static final String TOMCAT = "tomcat " + ServerInfo.getServerNumber();

    private TomcatJobs() {}

    static int bare() throws LifecycleException {
        return serve(new Connector("HTTP/1.1"), null);
    }

    static int gated(Gate gate) throws LifecycleException {
        return serve(new Connector("HTTP/1.1"), new GateFilter(gate));
    }

    static int guarded() throws LifecycleException {
        StandardGuard guard = Guards.guard();
        return serve(new Connector(new GuardedHttp11NioProtocol(guard)), new GuardFilter(guard));
    }

    private static int serve(Connector connector, @Nullable Filter filter) throws LifecycleException {
        return Containers.tomcat(connector, filter, new JobServlet(), Scenario.PATH + "/*");
    }
}
