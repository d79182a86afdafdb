package io.portguard.spring;

import io.portguard.servlet.tomcat.GuardedHttp11NioProtocol;
import io.portguard.standard.StandardGuard;
import java.lang.System.Logger.Level;
import org.apache.catalina.connector.Connector;
import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;

/**
 * Has the service's main port speak the guarded protocol, which decides about connections when they are
 * accepted. Where another protocol has been chosen, connections are left alone; requests are guarded all the
 * same.
 *
 * <p>A management port of its own is not reached: its server is made by a child context, whose customizers are
 * its own.
 */
final class TomcatConnectionGuard implements WebServerFactoryCustomizer<TomcatWebServerFactory>, Ordered {

    private static final System.Logger LOG = System.getLogger(TomcatConnectionGuard.class.getName());

    private final StandardGuard guard;

    TomcatConnectionGuard(StandardGuard guard) {
        this.guard = guard;
    }

    /** The last, to see the protocol that others have chosen. */
    @Override
    public int getOrder() {
        return LOWEST_PRECEDENCE;
    }

    @Override
    public void customize(TomcatWebServerFactory factory) {
        if (factory.getProtocol().equals(TomcatWebServerFactory.DEFAULT_PROTOCOL)) {
            factory.setProtocol(GuardedHttp11NioProtocol.class.getName());
            factory.addConnectorCustomizers(this::handOver);
        } else {
            LOG.log(
                    Level.INFO,
                    "Requests are guarded and connections are not: Tomcat speaks {0} (expected: {1})",
                    factory.getProtocol(),
                    TomcatWebServerFactory.DEFAULT_PROTOCOL);
        }
    }

    /** Tomcat makes the protocol by the name of its class, so that it gets its guard afterwards. */
    private void handOver(Connector connector) {
        if (connector.getProtocolHandler() instanceof GuardedHttp11NioProtocol protocol) {
            protocol.guard(guard);
        }
    }
}
