package io.portguard.spring;

import io.portguard.standard.StandardGuard;
import org.apache.coyote.AbstractProtocol;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;

/** Tells the guard which accept queue to watch, once its port listens. */
final class TomcatBacklogWatch implements ApplicationListener<WebServerInitializedEvent> {

    private static final String MANAGEMENT = "management";

    private final StandardGuard guard;

    private final boolean ofManagement;

    /** @param ofManagement whether its port is a management port of its own */
    TomcatBacklogWatch(StandardGuard guard, boolean ofManagement) {
        this.guard = guard;
        this.ofManagement = ofManagement;
    }

    /** A management port of its own tells of itself as well, because a context's events reach its parent. */
    @Override
    public void onApplicationEvent(WebServerInitializedEvent event) {
        if (WebServerApplicationContext.hasServerNamespace(event.getApplicationContext(), MANAGEMENT) == ofManagement
                && event.getWebServer() instanceof TomcatWebServer server
                && server.getTomcat().getConnector().getProtocolHandler() instanceof AbstractProtocol<?> protocol
                && server.getPort() > 0) {
            guard.watchBacklog(server.getPort(), protocol.getAcceptCount());
        }
    }
}
