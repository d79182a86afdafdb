package io.portguard.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.NanoClock;
import io.portguard.servlet.tomcat.GuardedHttp11NioProtocol;
import io.portguard.standard.StandardGuard;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.Wrapper;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.AbstractProtocol;
import org.apache.tomcat.util.descriptor.web.ErrorPage;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;

/** A real Tomcat on an ephemeral port of the loopback interface; closing it checks that nothing was leaked. */
public final class RunningTomcat implements AutoCloseable {

    /** Kept, since a logger that nobody holds forgets its level. Tests make Tomcat log a lot, on purpose. */
    private static final Logger TOMCAT_LOGGER = Logger.getLogger("org.apache");

    public final SwitchRule rule = new SwitchRule();
    public final SwitchRule connectionRule = new SwitchRule();
    public final Ended ended = new Ended();
    public final StandardGuard port;
    public final int localPort;
    public final Connector connector;
    private final Tomcat tomcat = new Tomcat();

    private RunningTomcat(Setup setup) {
        TOMCAT_LOGGER.setLevel(Level.OFF);
        StandardGuard.Builder builder = StandardGuard.builder("test")
                .configure(setup.settings)
                .clock(setup.clock)
                .listener(ended)
                .requestRules(rule)
                .connectionRules(connectionRule);
        if (!setup.housekeeping) {
            builder.tickInterval(Duration.ZERO);
        }
        port = builder.build();
        tomcat.setBaseDir(System.getProperty("java.io.tmpdir"));
        connector =
                setup.guardConnections ? new Connector(new GuardedHttp11NioProtocol(port)) : new Connector("HTTP/1.1");
        connector.setPort(0);
        connector.setProperty("address", InetAddress.getLoopbackAddress().getHostAddress());
        setup.connector.accept(connector);
        tomcat.setConnector(connector);
        Context context = tomcat.addContext("", null);
        addFilter(context);
        setup.servlets.forEach((path, servlet) -> {
            Wrapper wrapper = Tomcat.addServlet(context, path, servlet);
            wrapper.setAsyncSupported(true);
            context.addServletMapping(path, path);
        });
        ErrorPage page = new ErrorPage();
        page.setLocation("/error-page");
        context.addErrorPage(page);
        setup.tomcat.accept(tomcat);
        try {
            tomcat.start();
        } catch (LifecycleException failed) {
            throw new IllegalStateException(failed);
        }
        localPort = connector.getLocalPort();
    }

    public static Setup with() {
        return new Setup();
    }

    private void addFilter(Context context) {
        FilterDef definition = new FilterDef();
        definition.setFilterName("guard");
        definition.setFilter(new GuardFilter(port));
        definition.setAsyncSupported("true");
        context.addFilterDef(definition);
        FilterMap map = new FilterMap();
        map.setFilterName("guard");
        map.addURLPattern("/*");
        for (DispatcherType type : DispatcherType.values()) {
            map.setDispatcher(type.name());
        }
        context.addFilterMap(map);
    }

    public long active(Attempt.Kind kind) {
        return port.guard().counts(kind).active();
    }

    public AbstractProtocol<?> protocol() {
        return (AbstractProtocol<?>) connector.getProtocolHandler();
    }

    public void awaitNothingActive() {
        Await.until("no request in flight", () -> active(Attempt.Kind.REQUEST) == 0);
        Await.until("no connection open", () -> active(Attempt.Kind.CONNECTION) == 0);
        assertThat(ended.outcomes())
                .hasSize((int) port.guard().counts(Attempt.Kind.REQUEST).admitted()
                        + (int) port.guard().counts(Attempt.Kind.REQUEST).wouldReject());
    }

    /** Tests have closed their own connections by now. */
    @Override
    public void close() throws LifecycleException {
        try (port) {
            try {
                awaitNothingActive();
            } finally {
                tomcat.stop();
                tomcat.destroy();
            }
        }
    }

    /** What a servlet of a test does. */
    public interface Handler {
        void handle(HttpServletRequest request, HttpServletResponse response) throws Exception;
    }

    /** Collects what Tomcat is to be started with. */
    public static final class Setup {

        private final Map<String, String> settings = new LinkedHashMap<>();
        private final Map<String, Servlet> servlets = new LinkedHashMap<>();
        private Consumer<Connector> connector = connector -> {};
        private Consumer<Tomcat> tomcat = tomcat -> {};
        private NanoClock clock = NanoClock.system();
        private boolean guardConnections = true;
        private boolean housekeeping = true;

        private Setup() {
            servlet("/ok", (request, response) -> response.getWriter().print("ok"));
        }

        public Setup setting(String name, String value) {
            settings.put(name, value);
            return this;
        }

        public Setup clock(NanoClock clock) {
            this.clock = clock;
            return this;
        }

        public Setup connector(Consumer<Connector> configurer) {
            connector = configurer;
            return this;
        }

        public Setup tomcat(Consumer<Tomcat> configurer) {
            tomcat = configurer;
            return this;
        }

        public Setup withoutConnectionLevel() {
            guardConnections = false;
            return this;
        }

        public Setup withoutHousekeeping() {
            housekeeping = false;
            return this;
        }

        public Setup servlet(String path, Handler handler) {
            servlets.put(path, new HandlerServlet(handler));
            return this;
        }

        public RunningTomcat start() {
            return new RunningTomcat(this);
        }
    }

    @SuppressWarnings("serial") // never serialized
    private static final class HandlerServlet extends HttpServlet {

        private final transient Handler handler;

        HandlerServlet(Handler handler) {
            this.handler = handler;
        }

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            try {
                handler.handle(request, response);
            } catch (IOException | RuntimeException | Error thrown) {
                throw thrown;
            } catch (Exception thrown) {
                throw new IllegalStateException(thrown);
            }
        }
    }
}
