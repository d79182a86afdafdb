package io.portguard.benchmarks.server;

import io.portguard.netty.GuardedReactorNetty;
import io.portguard.spring.webflux.GuardHttpHandler;
import io.portguard.spring.webflux.PeerAttempts;
import io.portguard.spring.webflux.ReactorNettyAttempts;
import io.portguard.standard.StandardGuard;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServer;

/** Reactive handlers on Reactor Netty, bare and guarded, as WebFlux runs them. */
final class ReactorNettyServers {

    private static final String REACTOR_NETTY = "reactor-netty "
            + Objects.toString(HttpServer.class.getPackage().getImplementationVersion(), "of unknown version");

    static final Subject HELLO = new Subject(REACTOR_NETTY + ", hello", () -> serve(null));

    static final Subject GUARDED_HELLO = new Subject(
            "portguard on reactor-netty, hello",
            () -> serve(StandardGuard.builder("server").build()));

    private static final byte[] BODY = "hello\n".getBytes(StandardCharsets.US_ASCII);

    private ReactorNettyServers() {}

    private static int serve(@Nullable StandardGuard guard) {
        HttpServer server = HttpServer.create().host("127.0.0.1").port(0);
        HttpHandler handler = ReactorNettyServers::hello;
        if (guard != null) {
            GuardedReactorNetty connections = GuardedReactorNetty.of(guard);
            server = connections.install(server);
            handler = new GuardHttpHandler(
                    guard, new ReactorNettyAttempts(connections, new PeerAttempts(guard.attempts())), handler);
        }
        return server.handle(new ReactorHttpHandlerAdapter(handler)).bindNow().port();
    }

    private static Mono<Void> hello(ServerHttpRequest request, ServerHttpResponse response) {
        response.getHeaders().setContentLength(BODY.length);
        return response.writeWith(
                Mono.fromSupplier(() -> response.bufferFactory().wrap(BODY)));
    }
}
