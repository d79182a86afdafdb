package io.portguard.spring;

import io.portguard.standard.StandardGuard;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;

/** Tells the guard which ports the service was configured to listen on, so that a diagnosis knows the others. */
final class DeclaredPorts implements ApplicationListener<WebServerInitializedEvent> {

    private final StandardGuard guard;

    DeclaredPorts(StandardGuard guard) {
        this.guard = guard;
    }

    /** A management port of its own tells of itself as well, because a context's events reach its parent. */
    @Override
    public void onApplicationEvent(WebServerInitializedEvent event) {
        int port = event.getWebServer().getPort();
        if (port > 0) {
            guard.declarePort(port);
        }
    }
}
