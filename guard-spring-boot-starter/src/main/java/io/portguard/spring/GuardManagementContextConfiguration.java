package io.portguard.spring;

import io.portguard.netty.GuardedReactorNetty;
import io.portguard.servlet.tomcat.GuardedHttp11NioProtocol;
import io.portguard.standard.StandardGuard;
import java.util.function.Function;
import org.apache.catalina.startup.Tomcat;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.server.reactive.HttpHandlerDecoratorFactory;
import reactor.netty.http.server.HttpServer;

/**
 * What guards a management port of its own, in the context of its server, which has no customizers but its own.
 */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
final class GuardManagementContextConfiguration {

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({Tomcat.class, TomcatWebServerFactory.class, GuardedHttp11NioProtocol.class})
    @ConditionalOnBean(name = GuardManagementAutoConfiguration.GUARD)
    static class OnTomcat {

        @Bean
        @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
        TomcatConnectionGuard managementTomcatConnectionGuard(
                @Qualifier(GuardManagementAutoConfiguration.GUARD) StandardGuard guard) {
            return new TomcatConnectionGuard(guard);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({HttpServer.class, NettyReactiveWebServerFactory.class, GuardedReactorNetty.class})
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
    @ConditionalOnBean(name = GuardManagementAutoConfiguration.GUARD)
    static class OnReactorNetty {

        @Bean
        @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
        ReactorNettyConnectionGuard managementReactorNettyConnectionGuard(
                @Qualifier(GuardManagementAutoConfiguration.GUARD) StandardGuard guard) {
            return new ReactorNettyConnectionGuard(GuardedReactorNetty.of(guard));
        }
    }

    /** Requests on a management port are not refused, whatever guards its connections. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(HttpHandlerDecoratorFactory.class)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
    static class OnWebFlux {

        /** Hides the one of its parent, which would be applied here as well. */
        @Bean(GuardWebFluxAutoConfiguration.DECORATOR)
        HttpHandlerDecoratorFactory noGuardHttpHandlerDecorator() {
            return Function.<org.springframework.http.server.reactive.HttpHandler>identity()::apply;
        }
    }
}
