package io.portguard.servlet;

import io.portguard.servlet.tomcat.AccessLog;
import io.portguard.servlet.tomcat.GuardedHttp11NioProtocol;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.Wrapper;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.AbstractProtocol;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.util.descriptor.web.ErrorPage;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;
import org.apache.tomcat.util.threads.VirtualThreadExecutor;

/** A real Tomcat. */
public final class RunningTomcat extends RunningServer {

    /** Kept, since a logger that nobody holds forgets its level. Tests make Tomcat log a lot, on purpose. */
    private static final Logger TOMCAT_LOGGER = Logger.getLogger("org.apache");

    public final int localPort;
    public final Connector connector;
    private final Tomcat tomcat = new Tomcat();

    RunningTomcat(Setup setup) {
        super(setup);
        TOMCAT_LOGGER.setLevel(Level.OFF);
        tomcat.setBaseDir(System.getProperty("java.io.tmpdir"));
        connector =
                setup.guardConnections ? new Connector(new GuardedHttp11NioProtocol(port)) : new Connector("HTTP/1.1");
        connector.setPort(0);
        connector.setProperty("address", InetAddress.getLoopbackAddress().getHostAddress());
        if (setup.certificate != null) {
            useTls(setup.certificate, setup.trustStore);
        }
        protocol().setMaxThreads(setup.threads);
        if (setup.virtualThreads) {
            protocol().setExecutor(new VirtualThreadExecutor("test-"));
        }
        setup.connector.accept(connector);
        tomcat.setConnector(connector);
        Context context = tomcat.addContext("", null);
        setup.filters.forEach(filter -> addFilter(context, filter.apply(port), setup.filterPattern));
        setup.servlets.forEach((path, servlet) -> {
            Wrapper wrapper = Tomcat.addServlet(context, path, servlet);
            wrapper.setAsyncSupported(true);
            context.addServletMapping(path, path);
        });
        // Tomcat forgets listeners that were added before the context starts.
        context.addServletContainerInitializer(
                (classes, started) -> setup.contextListeners.forEach(started::addListener), null);
        if (setup.accessLog != null) {
            tomcat.getEngine().getPipeline().addValve(new AccessLog("%m %U %s %a", setup.accessLog));
        }
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

    private void useTls(TestCertificate made, Path trustStore) {
        SSLHostConfig host = new SSLHostConfig();
        SSLHostConfigCertificate certificate = new SSLHostConfigCertificate(host, SSLHostConfigCertificate.Type.EC);
        certificate.setCertificateKeystoreFile(made.keyStore().toString());
        certificate.setCertificateKeystorePassword(TestCertificate.PASSWORD);
        host.addCertificate(certificate);
        if (trustStore != null) {
            host.setTruststoreFile(trustStore.toString());
            host.setTruststorePassword(TestCertificate.PASSWORD);
            host.setCertificateVerification("required");
        }
        connector.setSecure(true);
        connector.setScheme("https");
        connector.setProperty("SSLEnabled", "true");
        connector.addSslHostConfig(host);
        connector.addUpgradeProtocol(new Http2Protocol());
    }

    private static void addFilter(Context context, Filter filter, String pattern) {
        FilterDef definition = new FilterDef();
        definition.setFilterName(filter.toString());
        definition.setFilter(filter);
        definition.setAsyncSupported("true");
        context.addFilterDef(definition);
        FilterMap map = new FilterMap();
        map.setFilterName(filter.toString());
        map.addURLPattern(pattern);
        for (DispatcherType type : DispatcherType.values()) {
            map.setDispatcher(type.name());
        }
        context.addFilterMap(map);
    }

    public AbstractProtocol<?> protocol() {
        return (AbstractProtocol<?>) connector.getProtocolHandler();
    }

    @Override
    public int localPort() {
        return localPort;
    }

    @Override
    void shutDown() {
        try {
            tomcat.stop();
            tomcat.destroy();
        } catch (LifecycleException failed) {
            throw new IllegalStateException(failed);
        }
    }
}
