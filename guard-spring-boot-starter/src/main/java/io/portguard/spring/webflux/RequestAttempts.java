package io.portguard.spring.webflux;

import io.portguard.Attempt;
import org.springframework.http.server.reactive.ServerHttpRequest;

/** Turns requests into attempts, as far as a server lets one see whose they are. Thread-safe. */
@FunctionalInterface
public interface RequestAttempts {

    Attempt of(ServerHttpRequest request);
}
