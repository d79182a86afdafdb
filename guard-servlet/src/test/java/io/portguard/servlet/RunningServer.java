package io.portguard.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.NanoClock;
import io.portguard.pressure.PressureSource;
import io.portguard.standard.StandardGuard;
import io.portguard.standard.StandardGuardBuilder;
import jakarta.servlet.Filter;
import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EventListener;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.server.ServerConnector;
import org.jspecify.annotations.Nullable;

/** A real container on an ephemeral port of the loopback interface; closing it checks that nothing was leaked. */
public abstract class RunningServer implements AutoCloseable {

    public final SwitchRule rule = new SwitchRule();
    public final SwitchRule connectionRule = new SwitchRule();
    public final Ended ended = new Ended();
    public final StandardGuard port;
    private boolean stopped;

    RunningServer(Setup setup) {
        StandardGuardBuilder builder = StandardGuard.builder("test")
                .configure(setup.settings)
                .clock(setup.clock)
                .listener(ended)
                .requestRules(rule)
                .connectionRules(connectionRule);
        if (!setup.housekeeping) {
            builder.tickInterval(Duration.ZERO);
        }
        setup.sources.forEach(builder::pressure);
        port = builder.build();
    }

    public static Setup with() {
        return new Setup();
    }

    public abstract int localPort();

    /** Stops the container; further calls do nothing. */
    final void stop() {
        if (!stopped) {
            stopped = true;
            shutDown();
        }
    }

    abstract void shutDown();

    public long active(Attempt.Kind kind) {
        return port.guard().counts(kind).active();
    }

    public void awaitNothingActive() {
        Await.until("no request in flight", () -> active(Attempt.Kind.REQUEST) == 0);
        Await.until("no connection open", () -> active(Attempt.Kind.CONNECTION) == 0);
        assertThat(port.connections().size()).isZero();
        // Listeners are told after the count, and a container may go on with streams whose connection has gone.
        Await.until(
                "all that were admitted have ended, and have been told to",
                () -> ended.outcomes().size()
                        == port.guard().counts(Attempt.Kind.REQUEST).admitted()
                                + port.guard().counts(Attempt.Kind.REQUEST).wouldReject());
    }

    /** Tests have closed their own connections by now. */
    @Override
    public void close() {
        try (port) {
            try {
                awaitNothingActive();
            } finally {
                stop();
            }
        }
    }

    /** What a servlet of a test does. */
    public interface Handler {
        void handle(HttpServletRequest request, HttpServletResponse response) throws Exception;
    }

    /** The containers there are. */
    public enum Container {
        TOMCAT {
            @Override
            public RunningServer start(Setup setup) {
                return new RunningTomcat(setup);
            }
        },
        JETTY {
            @Override
            public RunningServer start(Setup setup) {
                return new RunningJetty(setup);
            }
        };

        public abstract RunningServer start(Setup setup);
    }

    /** Collects what a container is to be started with. */
    public static final class Setup {

        final Map<String, String> settings = new LinkedHashMap<>();
        final Map<String, Servlet> servlets = new LinkedHashMap<>();
        final List<PressureSource> sources = new ArrayList<>();
        final List<Function<StandardGuard, Filter>> filters = new ArrayList<>(List.of(GuardFilter::new));
        Consumer<Connector> connector = connector -> {};
        Consumer<Tomcat> tomcat = tomcat -> {};
        Consumer<ServerConnector> jettyConnector = connector -> {};
        Consumer<ServletContextHandler> jettyContext = context -> {};
        UnaryOperator<org.eclipse.jetty.server.Handler> jettyHandler = context -> context;
        final List<EventListener> contextListeners = new ArrayList<>();

        @Nullable
        Consumer<String> accessLog;

        @Nullable
        TestCertificate certificate;

        @Nullable
        Path trustStore;

        String filterPattern = "/*";
        boolean virtualThreads;
        int threads = 200;
        NanoClock clock = NanoClock.system();
        boolean guardConnections = true;
        boolean housekeeping = true;

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

        public Setup jettyConnector(Consumer<ServerConnector> configurer) {
            jettyConnector = configurer;
            return this;
        }

        public Setup jettyContext(Consumer<ServletContextHandler> configurer) {
            jettyContext = configurer;
            return this;
        }

        /** What Jetty's server is given to handle instead of the context with the filters and servlets. */
        public Setup jettyHandler(UnaryOperator<org.eclipse.jetty.server.Handler> around) {
            jettyHandler = around;
            return this;
        }

        /** A listener of the context, one of the servlet specification. */
        public Setup contextListener(EventListener listener) {
            contextListeners.add(listener);
            return this;
        }

        /** Method, path, status and remote address of each request, as the container logs them. */
        public Setup accessLog(Consumer<String> lines) {
            accessLog = lines;
            return this;
        }

        /** TLS with this certificate, which clients have to prove themselves with as well. */
        public Setup mutualTls(TestCertificate certificate) throws Exception {
            trustStore = certificate.trustStore();
            return tls(certificate);
        }

        /** HTTPS, with HTTP/2 for those who ask for it. */
        public Setup tls(TestCertificate certificate) {
            this.certificate = certificate;
            return this;
        }

        public Setup virtualThreads() {
            virtualThreads = true;
            return this;
        }

        /** How many threads the container has at most, its own included. */
        public Setup threads(int most) {
            threads = most;
            return this;
        }

        /** One that holds, like memory, what requests and connections use up. */
        public Setup pressure(PressureSource source) {
            sources.add(source);
            return this;
        }

        public Setup withoutConnectionLevel() {
            guardConnections = false;
            return this;
        }

        /** By default to all requests. */
        public Setup filtersMappedTo(String pattern) {
            filterPattern = pattern;
            return this;
        }

        public Setup withoutFilter() {
            filters.clear();
            return this;
        }

        public Setup withoutHousekeeping() {
            housekeeping = false;
            return this;
        }

        /** A filter after the guard's and those that were added before. */
        public Setup filter(Function<StandardGuard, Filter> filter) {
            filters.add(filter);
            return this;
        }

        public Setup servlet(String path, Handler handler) {
            servlets.put(path, new HandlerServlet(handler));
            return this;
        }

        public RunningTomcat start() {
            return new RunningTomcat(this);
        }

        public RunningJetty startJetty() {
            return new RunningJetty(this);
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
