package io.portguard.servlet;

import io.portguard.servlet.jetty.JettyPort;
import jakarta.servlet.DispatcherType;
import java.net.InetAddress;
import java.util.EnumSet;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** A real Jetty. */
public final class RunningJetty extends RunningServer {

    private static final Logger JETTY_LOGGER = Logger.getLogger("org.eclipse.jetty");

    public final ServerConnector connector;
    private final Server server;

    RunningJetty(Setup setup) {
        super(setup);
        JETTY_LOGGER.setLevel(Level.OFF);
        QueuedThreadPool threads = new QueuedThreadPool(setup.threads);
        if (setup.virtualThreads) {
            threads.setVirtualThreadsExecutor(VirtualThreads.getDefaultVirtualThreadsExecutor());
        }
        server = new Server(threads);
        connector = new ServerConnector(server, 1, 1, protocols(setup));
        connector.setHost(InetAddress.getLoopbackAddress().getHostAddress());
        setup.jettyConnector.accept(connector);
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler();
        setup.filters.forEach(filter -> {
            FilterHolder holder = new FilterHolder(filter.apply(port));
            holder.setAsyncSupported(true);
            context.addFilter(holder, setup.filterPattern, EnumSet.allOf(DispatcherType.class));
        });
        setup.servlets.forEach((path, servlet) -> {
            ServletHolder holder = new ServletHolder(servlet);
            holder.setAsyncSupported(true);
            context.addServlet(holder, path);
        });
        setup.contextListeners.forEach(context::addEventListener);
        setup.jettyContext.accept(context);
        server.setHandler(setup.jettyHandler.apply(context));
        if (setup.accessLog != null) {
            server.setRequestLog((request, response) -> setup.accessLog.accept(request.getMethod() + " "
                    + request.getHttpURI().getPath() + " " + response.getStatus() + " "
                    + Request.getRemoteAddr(request)));
        }
        if (setup.guardConnections) {
            JettyPort.guard(connector, port);
        }
        try {
            server.start();
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static ConnectionFactory[] protocols(Setup setup) {
        HttpConfiguration configuration = new HttpConfiguration();
        HttpConnectionFactory http1 = new HttpConnectionFactory(configuration);
        if (setup.certificate == null) {
            return new ConnectionFactory[] {http1, new HTTP2CServerConnectionFactory(configuration)};
        }
        configuration.addCustomizer(new SecureRequestCustomizer(false));
        SslContextFactory.Server tls = new SslContextFactory.Server();
        tls.setKeyStorePath(setup.certificate.keyStore().toString());
        tls.setKeyStorePassword(TestCertificate.PASSWORD);
        if (setup.trustStore != null) {
            tls.setTrustStorePath(setup.trustStore.toString());
            tls.setTrustStorePassword(TestCertificate.PASSWORD);
            tls.setNeedClientAuth(true);
        }
        ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
        alpn.setDefaultProtocol(http1.getProtocol());
        return new ConnectionFactory[] {
            new SslConnectionFactory(tls, alpn.getProtocol()),
            alpn,
            new HTTP2ServerConnectionFactory(configuration),
            http1
        };
    }

    @Override
    public int localPort() {
        return connector.getLocalPort();
    }

    @Override
    void shutDown() {
        try {
            server.stop();
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
        server.destroy();
    }
}
