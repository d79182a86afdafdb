package io.portguard.spring;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.server.WebSocketService;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;
import org.springframework.web.reactive.socket.server.upgrade.ReactorNettyRequestUpgradeStrategy;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** A reactive service that knows nothing of its guard. */
@SpringBootConfiguration
@EnableAutoConfiguration
@Import(ReactiveTestApplication.Controller.class)
class ReactiveTestApplication implements WebFluxConfigurer {

    private static final byte[] CHUNK = new byte[4_096];

    /** By itself Spring takes Jetty's upgrade as soon as Jetty's WebSockets are on the class path, on any server. */
    @Override
    public WebSocketService getWebSocketService() {
        return new HandshakeWebSocketService(new ReactorNettyRequestUpgradeStrategy());
    }

    @Bean
    ReactiveGate reactiveGate() {
        return new ReactiveGate();
    }

    @Bean
    SimpleUrlHandlerMapping sockets() {
        WebSocketHandler echo = session -> session.send(
                session.receive().map(message -> session.textMessage("echo " + message.getPayloadAsText())));
        return new SimpleUrlHandlerMapping(Map.of("/socket", echo), -1);
    }

    /** Where requests stay in progress until the test opens it, and what became of them. */
    static final class ReactiveGate {

        final AtomicInteger entered = new AtomicInteger();
        final AtomicInteger cancelled = new AtomicInteger();
        private final Sinks.Empty<String> opened = Sinks.empty();

        Mono<String> pass() {
            return opened.asMono()
                    .doOnSubscribe(subscription -> entered.incrementAndGet())
                    .doOnCancel(cancelled::incrementAndGet);
        }

        void awaitEntered(int count) {
            GuardedService.await("at the gate", () -> entered.get() >= count);
        }

        void open() {
            opened.tryEmitEmpty();
        }
    }

    @RestController
    static class Controller {

        private final ReactiveGate gate;

        Controller(ReactiveGate gate) {
            this.gate = gate;
        }

        @GetMapping("/hello")
        Mono<String> hello() {
            return Mono.just("hello");
        }

        @GetMapping("/gate")
        Mono<String> gate() {
            return gate.pass().defaultIfEmpty("passed");
        }

        @GetMapping("/never")
        Mono<String> never() {
            return gate.pass().then(Mono.never());
        }

        @GetMapping("/late")
        Mono<String> late() {
            return Mono.<String>never().timeout(Duration.ofMillis(20));
        }

        @GetMapping("/empty")
        Mono<Void> empty() {
            return Mono.empty();
        }

        @GetMapping("/stream")
        Flux<String> stream() {
            return Flux.just("line\n", "line\n", "line\n");
        }

        @GetMapping(path = "/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
        Flux<String> events() {
            return Flux.concat(Mono.just("first"), gate.pass().then(Mono.just("last")));
        }

        @GetMapping("/broken")
        Flux<String> broken() {
            return Flux.concat(Flux.just("line\n"), Mono.error(new IllegalStateException("in the middle")));
        }

        @GetMapping(path = "/large", produces = MediaType.APPLICATION_OCTET_STREAM_VALUE)
        Flux<DataBuffer> large(ServerHttpResponse response) {
            return Flux.range(0, 1_024).map(chunk -> response.bufferFactory().wrap(CHUNK));
        }

        /** As large, and in memory at once, as what returns an object or a file's bytes. */
        @GetMapping(path = "/block", produces = MediaType.APPLICATION_OCTET_STREAM_VALUE)
        Mono<byte[]> block() {
            return Mono.fromSupplier(() -> new byte[1_024 * CHUNK.length]);
        }

        @PostMapping("/length")
        Mono<String> length(@RequestBody Mono<String> body) {
            return body.map(text -> Integer.toString(text.length()));
        }

        @GetMapping("/fail")
        Mono<String> fail() {
            return Mono.error(new IllegalStateException("always"));
        }

        @GetMapping("/throw")
        Mono<String> thrown() {
            throw new ResponseStatusException(HttpStatus.INTERNAL_SERVER_ERROR);
        }

        @GetMapping("/moved")
        ResponseEntity<Void> moved() {
            return ResponseEntity.status(HttpStatus.FOUND).build();
        }
    }
}
