package io.portguard.benchmarks.server;

import io.portguard.servlet.GuardFilter;
import io.portguard.servlet.jetty.JettyPort;
import io.portguard.standard.StandardGuard;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServlet;
import java.net.InetAddress;
import java.util.EnumSet;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.jspecify.annotations.Nullable;

/** Servlet containers that serve one servlet on loopback until the process ends. */
public final class Containers {

    private Containers() {}

    /**
     * Starts a Tomcat and returns its port.
     *
     * @param filter before the servlet; null for none
     * @param path of the servlet, as a mapping of the servlet specification
     */
    public static int tomcat(Connector connector, @Nullable Filter filter, HttpServlet servlet, String path)
            throws LifecycleException {
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(System.getProperty("java.io.tmpdir"));
        tomcat.setSilent(true);
        connector.setPort(0);
        connector.setProperty("address", InetAddress.getLoopbackAddress().getHostAddress());
        tomcat.setConnector(connector);
        Context context = tomcat.addContext("", null);
        if (filter != null) {
            addFirst(context, filter);
        }
        Tomcat.addServlet(context, "servlet", servlet);
        context.addServletMapping(path, "servlet");
        tomcat.start();
        return connector.getLocalPort();
    }

    private static void addFirst(Context context, Filter filter) {
        FilterDef definition = new FilterDef();
        definition.setFilterName("first");
        definition.setFilter(filter);
        definition.setAsyncSupported("true");
        context.addFilterDef(definition);
        FilterMap map = new FilterMap();
        map.setFilterName("first");
        map.addURLPattern("/*");
        context.addFilterMap(map);
    }

    /**
     * Starts a Jetty and returns its port.
     *
     * @param guard of its port and its requests; null for none
     * @param path of the servlet, as a mapping of the servlet specification
     */
    public static int jetty(@Nullable StandardGuard guard, HttpServlet servlet, String path) throws Exception {
        Server server = new Server();
        ServerConnector connector = onLoopback(server);
        ServletContextHandler context = new ServletContextHandler();
        if (guard != null) {
            FilterHolder filter = new FilterHolder(new GuardFilter(guard));
            filter.setAsyncSupported(true);
            context.addFilter(filter, "/*", EnumSet.of(DispatcherType.REQUEST));
        }
        context.addServlet(new ServletHolder(servlet), path);
        server.setHandler(context);
        if (guard != null) {
            JettyPort.guard(connector, guard);
        }
        server.start();
        return connector.getLocalPort();
    }

    /** A connector for a Jetty that is set up otherwise. */
    public static ServerConnector onLoopback(Server server) {
        ServerConnector connector = new ServerConnector(server);
        connector.setHost(InetAddress.getLoopbackAddress().getHostAddress());
        server.addConnector(connector);
        return connector;
    }
}
