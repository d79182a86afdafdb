package io.portguard.spring.webflux;

import io.portguard.Attempt;
import io.portguard.IpAddress;
import io.portguard.http.HttpAttempts;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.springframework.http.server.reactive.ServerHttpRequest;

/** The attempts of requests by the address that the server says they come from. Thread-safe. */
public final class PeerAttempts implements RequestAttempts {

    private final HttpAttempts attempts;

    public PeerAttempts(HttpAttempts attempts) {
        this.attempts = attempts;
    }

    @Override
    public Attempt of(ServerHttpRequest request) {
        InetSocketAddress remote = request.getRemoteAddress();
        InetAddress address = remote == null ? null : remote.getAddress();
        return attempts.ofRequest(address == null ? null : IpAddress.of(address), new ReactiveRequestView(request));
    }
}
