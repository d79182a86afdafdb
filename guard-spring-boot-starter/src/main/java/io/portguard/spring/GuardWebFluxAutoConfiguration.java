package io.portguard.spring;

import io.portguard.netty.GuardedReactorNetty;
import io.portguard.spring.webflux.GuardHttpHandler;
import io.portguard.spring.webflux.PeerAttempts;
import io.portguard.spring.webflux.PrincipalWebFilter;
import io.portguard.spring.webflux.ReactorNettyAttempts;
import io.portguard.spring.webflux.RequestAttempts;
import io.portguard.standard.StandardGuard;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.server.reactive.HttpHandlerDecoratorFactory;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServer;

/** Auto-configuration of the guard on WebFlux: of requests on any server, of connections on Reactor Netty. */
@AutoConfiguration(after = GuardAutoConfiguration.class)
@ConditionalOnClass({HttpHandlerDecoratorFactory.class, Mono.class})
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnBean(StandardGuard.class)
public final class GuardWebFluxAutoConfiguration {

    /** The name that a management port's own context hides it by, so that requests there are not refused. */
    static final String DECORATOR = "guardHttpHandlerDecorator";

    /** The outermost of all: what is refused costs nothing else. */
    @Bean(DECORATOR)
    @Order(Ordered.LOWEST_PRECEDENCE)
    @ConditionalOnMissingBean(name = DECORATOR)
    HttpHandlerDecoratorFactory guardHttpHandlerDecorator(
            StandardGuard guard, ObjectProvider<RequestAttempts> attempts) {
        RequestAttempts chosen = attempts.getIfAvailable(() -> new PeerAttempts(guard.attempts()));
        return handler -> new GuardHttpHandler(guard, chosen, handler);
    }

    /** Right after Spring Security's filter, which finds out who it is. */
    @Bean
    @Order(GuardAutoConfiguration.SPRING_SECURITY_ORDER + 1)
    @ConditionalOnMissingBean
    @ConditionalOnProperty(name = "guard.clients.identify-by", havingValue = "principal")
    PrincipalWebFilter guardPrincipalFilter(StandardGuard guard) {
        return new PrincipalWebFilter(guard);
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({HttpServer.class, NettyReactiveWebServerFactory.class, GuardedReactorNetty.class})
    static class OnReactorNetty {

        @Bean
        @ConditionalOnMissingBean
        GuardedReactorNetty guardedReactorNetty(StandardGuard guard) {
            return GuardedReactorNetty.of(guard);
        }

        @Bean
        @ConditionalOnMissingBean
        RequestAttempts guardRequestAttempts(StandardGuard guard, GuardedReactorNetty connections) {
            return new ReactorNettyAttempts(connections, new PeerAttempts(guard.attempts()));
        }

        @Bean
        @ConditionalOnMissingBean
        ReactorNettyConnectionGuard reactorNettyConnectionGuard(GuardedReactorNetty connections) {
            return new ReactorNettyConnectionGuard(connections);
        }
    }
}
