package io.portguard.benchmarks.server;

import io.portguard.servlet.GuardFilter;
import io.portguard.servlet.tomcat.GuardedHttp11NioProtocol;
import io.portguard.standard.StandardGuard;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.util.ServerInfo;
import org.eclipse.jetty.server.Server;
import org.jspecify.annotations.Nullable;

/** A servlet that says hello on Tomcat and on Jetty, bare and guarded, and what a refusal is there without Portguard. */
final class ServletServers {

    private static final String TOMCAT = "tomcat " + ServerInfo.getServerNumber();
    private static final String JETTY = "jetty " + Server.getVersion();

    /** A filter that refuses everything, after which Tomcat closes the connection by itself. */
    static final Subject TOMCAT_FILTER_503 =
            new Subject(TOMCAT + ", 503 by a filter", () -> tomcat(new Connector("HTTP/1.1"), new Refuse()));

    static final Subject TOMCAT_REFUSED_CONNECTION =
            new Subject("portguard on tomcat, connection refused", () -> tomcat(Guards.withoutConnections()));

    static final Subject TOMCAT_HELLO = new Subject(TOMCAT + ", hello", () -> tomcat(new Connector("HTTP/1.1"), null));

    static final Subject TOMCAT_GUARDED_HELLO =
            new Subject("portguard on tomcat, hello", () -> tomcat(Guards.with(Map.of())));

    static final Subject JETTY_REFUSED_CONNECTION =
            new Subject("portguard on jetty, connection refused", () -> jetty(Guards.withoutConnections()));

    static final Subject JETTY_HELLO = new Subject(JETTY + ", hello", () -> jetty(null));

    static final Subject JETTY_GUARDED_HELLO =
            new Subject("portguard on jetty, hello", () -> jetty(Guards.with(Map.of())));

    private static final String PATH = "/hello";
    private static final byte[] BODY = "hello\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] REFUSAL =
            "{\"status\":503,\"title\":\"Service Unavailable\",\"reason\":\"concurrency\"}"
                    .getBytes(StandardCharsets.US_ASCII);

    private ServletServers() {}

    private static int tomcat(StandardGuard guard) throws Exception {
        return tomcat(new Connector(new GuardedHttp11NioProtocol(guard)), new GuardFilter(guard));
    }

    private static int tomcat(Connector connector, @Nullable Filter filter) throws Exception {
        // Nobody's connection ends because it has served a hundred requests.
        connector.setProperty("maxKeepAliveRequests", "-1");
        return Containers.tomcat(connector, filter, new Hello(), PATH);
    }

    private static int jetty(@Nullable StandardGuard guard) throws Exception {
        return Containers.jetty(guard, new Hello(), PATH);
    }

    @SuppressWarnings("serial") // never serialized
    private static final class Hello extends HttpServlet {

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.setContentLength(BODY.length);
            response.getOutputStream().write(BODY);
        }
    }

    private static final class Refuse implements Filter {

        @Override
        public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain) throws IOException {
            HttpServletResponse answer = (HttpServletResponse) response;
            answer.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            answer.setContentType("application/problem+json");
            answer.setHeader("Retry-After", "1");
            answer.setContentLength(REFUSAL.length);
            answer.getOutputStream().write(REFUSAL);
        }
    }
}
