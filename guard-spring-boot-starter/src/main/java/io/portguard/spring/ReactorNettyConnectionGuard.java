package io.portguard.spring;

import io.portguard.netty.GuardedReactorNetty;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;

/**
 * Guards the connections of a Reactor Netty server.
 *
 * <p>A management port of its own is not reached: its server is made by a child context, whose customizers are
 * its own.
 */
final class ReactorNettyConnectionGuard implements WebServerFactoryCustomizer<NettyReactiveWebServerFactory> {

    private final GuardedReactorNetty connections;

    ReactorNettyConnectionGuard(GuardedReactorNetty connections) {
        this.connections = connections;
    }

    @Override
    public void customize(NettyReactiveWebServerFactory factory) {
        factory.addServerCustomizers(connections::install);
    }
}
