package io.portguard.spring;

import io.portguard.servlet.tomcat.GuardedHttp11NioProtocol;
import io.portguard.standard.StandardGuard;
import org.apache.catalina.startup.Tomcat;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.context.annotation.Bean;

/** Auto-configuration of the guard inside Tomcat: its connections, its threads' delay, its accept queue. */
@AutoConfiguration(after = GuardAutoConfiguration.class)
@ConditionalOnClass({Tomcat.class, TomcatWebServerFactory.class, GuardedHttp11NioProtocol.class})
@ConditionalOnBean(StandardGuard.class)
public final class GuardTomcatAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    TomcatConnectionGuard tomcatConnectionGuard(StandardGuard guard) {
        return new TomcatConnectionGuard(guard);
    }
}
