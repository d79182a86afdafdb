package io.portguard.spring;

import io.portguard.servlet.tomcat.GuardedHttp11NioProtocol;
import io.portguard.standard.StandardGuard;
import org.apache.catalina.Lifecycle;
import org.apache.catalina.LifecycleEvent;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.AbstractProtocol;
import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;

/**
 * Has the service's main port speak the guarded protocol, which decides about connections when they are
 * accepted. Where another protocol has been chosen, connections are left alone, but their accept queue is watched, and
 * requests are guarded all the same.
 *
 * <p>A management port of its own is not reached: its server is made by a child context, whose customizers are
 * its own.
 */
final class TomcatConnectionGuard implements WebServerFactoryCustomizer<TomcatWebServerFactory>, Ordered {

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
            ServerNotice.bytesAreNotGuarded(guard, "Tomcat");
        } else {
            factory.addConnectorCustomizers(
                    connector -> connector.addLifecycleListener(event -> watchBacklog(event, connector)));
            ServerNotice.connectionsAreNotGuarded(
                    guard, "Tomcat speaks " + factory.getProtocol(), TomcatWebServerFactory.DEFAULT_PROTOCOL);
        }
    }

    /** Tomcat makes the protocol by the name of its class, so that it gets its guard afterwards. */
    private void handOver(Connector connector) {
        if (connector.getProtocolHandler() instanceof GuardedHttp11NioProtocol protocol) {
            protocol.guard(guard);
        }
    }

    /** The guarded protocol tells the guard of its accept queue by itself. */
    private void watchBacklog(LifecycleEvent event, Connector connector) {
        if (event.getType().equals(Lifecycle.AFTER_START_EVENT)
                && connector.getProtocolHandler() instanceof AbstractProtocol<?> protocol
                && connector.getLocalPort() > 0) {
            guard.watchBacklog(connector.getLocalPort(), protocol.getAcceptCount());
        }
    }
}
