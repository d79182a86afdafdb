package io.portguard.spring;

import io.portguard.servlet.jetty.JettyPort;
import io.portguard.standard.StandardGuard;
import org.eclipse.jetty.server.Server;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.jetty.ConfigurableJettyWebServerFactory;
import org.springframework.context.annotation.Bean;

/** Auto-configuration of the guard inside Jetty: its connections and its accept queue. */
@AutoConfiguration(after = GuardAutoConfiguration.class)
@ConditionalOnClass({Server.class, ConfigurableJettyWebServerFactory.class, JettyPort.class})
@ConditionalOnBean(StandardGuard.class)
public final class GuardJettyAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    JettyConnectionGuard jettyConnectionGuard(StandardGuard guard) {
        return new JettyConnectionGuard(guard);
    }
}
