package io.portguard.servlet;

import io.portguard.IpAddress;
import io.portguard.Permit;
import io.portguard.http.HttpAttempts;
import io.portguard.standard.StandardGuard;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Admits connections inside a container. Thread-safe. */
public final class ConnectionGate {

    private final StandardGuard port;

    public ConnectionGate(StandardGuard port) {
        this.port = port;
    }

    public StandardGuard port() {
        return port;
    }

    /**
     * Decides whether a connection may stay open. Should the guard fail, it may, and is held by nobody.
     *
     * @param remote the peer; null or not of the internet when it has no address
     * @return the connection, to be {@linkplain AdmittedConnection#closed() told} when it has closed; null when it
     *     is refused
     */
    public @Nullable AdmittedConnection tryAdmit(@Nullable SocketAddress remote) {
        IpAddress peer = null;
        try {
            peer = address(remote);
            HttpAttempts.OfConnection attempts = port.attempts().ofConnection(peer);
            return port.guard().tryAdmit(attempts.connection()) instanceof Permit permit
                    ? new AdmittedConnection(port, peer, attempts, permit)
                    : null;
        } catch (Throwable fault) {
            port.guard().fault("deciding a connection", fault);
            return new AdmittedConnection(port, peer, null, null);
        }
    }

    private static @Nullable IpAddress address(@Nullable SocketAddress remote) {
        return remote instanceof InetSocketAddress inet && inet.getAddress() != null
                ? IpAddress.of(inet.getAddress())
                : null;
    }
}
