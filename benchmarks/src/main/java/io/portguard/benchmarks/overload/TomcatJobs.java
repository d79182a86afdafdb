package io.portguard.benchmarks.overload;

import io.portguard.servlet.GuardFilter;
import io.portguard.servlet.tomcat.GuardedHttp11NioProtocol;
import io.portguard.standard.StandardGuard;
import jakarta.servlet.Filter;
import java.net.InetAddress;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.util.ServerInfo;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
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
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(System.getProperty("java.io.tmpdir"));
        tomcat.setSilent(true);
        connector.setPort(0);
        connector.setProperty("address", InetAddress.getLoopbackAddress().getHostAddress());
        tomcat.setConnector(connector);
        Context context = tomcat.addContext("", null);
        if (filter != null) {
            add(context, filter);
        }
        Tomcat.addServlet(context, "job", new JobServlet());
        context.addServletMapping(Scenario.PATH + "/*", "job");
        tomcat.start();
        return connector.getLocalPort();
    }

    private static void add(Context context, Filter filter) {
        FilterDef definition = new FilterDef();
        definition.setFilterName("limit");
        definition.setFilter(filter);
        definition.setAsyncSupported("true");
        context.addFilterDef(definition);
        FilterMap map = new FilterMap();
        map.setFilterName("limit");
        map.addURLPattern("/*");
        context.addFilterMap(map);
    }
}
