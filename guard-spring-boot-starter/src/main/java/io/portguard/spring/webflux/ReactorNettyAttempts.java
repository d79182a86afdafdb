package io.portguard.spring.webflux;

import io.portguard.Attempt;
import io.portguard.netty.GuardedReactorNetty;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import reactor.netty.Connection;

/**
 * The attempts of requests by what the guard knows of their connection, where that is Reactor Netty's: the peer is
 * the socket's, whatever the server itself believes of forwarded headers. Thread-safe.
 */
public final class ReactorNettyAttempts implements RequestAttempts {

    private final GuardedReactorNetty connections;
    private final RequestAttempts others;

    /**
     * @param others for requests that another server has received
     */
    public ReactorNettyAttempts(GuardedReactorNetty connections, RequestAttempts others) {
        this.connections = connections;
        this.others = others;
    }

    @Override
    public Attempt of(ServerHttpRequest request) {
        return ServerHttpRequestDecorator.<Object>getNativeRequest(request) instanceof Connection connection
                ? connections.attempt(connection.channel(), new ReactiveRequestView(request))
                : others.of(request);
    }
}
