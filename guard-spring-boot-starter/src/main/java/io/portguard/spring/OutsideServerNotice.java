package io.portguard.spring;

import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextRefreshedEvent;

/** Says once that connections are not guarded, where the server is not the application's own, as with a WAR. */
final class OutsideServerNotice implements ApplicationListener<ContextRefreshedEvent> {

    private static final System.Logger LOG = System.getLogger(OutsideServerNotice.class.getName());

    private final ApplicationContext context;

    OutsideServerNotice(ApplicationContext context) {
        this.context = context;
    }

    @Override
    public void onApplicationEvent(ContextRefreshedEvent event) {
        if (event.getApplicationContext() == context
                && context instanceof WebServerApplicationContext web
                && web.getWebServer() == null) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "Requests are guarded and connections are not: the server is not this application's own"
                            + " (expected: an embedded Tomcat or Jetty)");
        }
    }
}
