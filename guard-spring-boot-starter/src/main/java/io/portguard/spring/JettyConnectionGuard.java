package io.portguard.spring;

import io.portguard.servlet.jetty.JettyPort;
import io.portguard.standard.StandardGuard;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.springframework.boot.jetty.ConfigurableJettyWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;

/**
 * Guards the connections of a Jetty server.
 *
 * <p>A management port of its own is not reached: its server is made by a child context, whose customizers are
 * its own.
 */
final class JettyConnectionGuard implements WebServerFactoryCustomizer<ConfigurableJettyWebServerFactory>, Ordered {

    private final StandardGuard guard;

    JettyConnectionGuard(StandardGuard guard) {
        this.guard = guard;
    }

    /** The last, to see the connectors and handlers that others have chosen. */
    @Override
    public int getOrder() {
        return LOWEST_PRECEDENCE;
    }

    @Override
    public void customize(ConfigurableJettyWebServerFactory factory) {
        factory.addServerCustomizers(this::guardConnectors);
        ServerNotice.bytesAreNotGuarded(guard, "Jetty");
    }

    private void guardConnectors(Server server) {
        for (Connector connector : server.getConnectors()) {
            if (connector instanceof ServerConnector socket) {
                JettyPort.guard(socket, guard);
            }
        }
    }
}
