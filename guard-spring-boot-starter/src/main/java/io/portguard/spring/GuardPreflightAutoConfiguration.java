package io.portguard.spring;

import io.portguard.standard.StandardGuard;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

/** Auto-configuration of the preflight, and of what a diagnosis has to know of the service's ports. */
@AutoConfiguration(after = GuardAutoConfiguration.class)
@ConditionalOnClass(WebServerInitializedEvent.class)
@ConditionalOnWebApplication
@ConditionalOnBean(StandardGuard.class)
public final class GuardPreflightAutoConfiguration {

    /** Not lazy: it runs when it is made, before the web server opens its port. */
    @Bean
    @Lazy(false)
    Preflight guardPreflight(GuardProperties properties, Environment environment) {
        return new Preflight(properties.preflight(), environment);
    }

    @Bean
    DeclaredPorts guardDeclaredPorts(StandardGuard guard) {
        return new DeclaredPorts(guard);
    }
}
