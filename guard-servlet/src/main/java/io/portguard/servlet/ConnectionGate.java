package io.portguard.servlet;

import io.portguard.IpAddress;
import io.portguard.Permit;
import io.portguard.SocketEnds;
import io.portguard.http.HttpAttempts;
import io.portguard.standard.StandardGuard;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
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
     * @return the connection, to be {@linkplain AdmittedConnection#closed() told} when it has closed; null when it
     *     is refused
     */
    public @Nullable AdmittedConnection tryAdmit(SelectableChannel connection) {
        IpAddress peer = null;
        try {
            Ends ends = Ends.of(connection);
            peer = address(ends.remote());
            HttpAttempts.OfConnection attempts = port.attempts().ofConnection(peer, ends);
            return port.guard().tryAdmit(attempts.connection()) instanceof Permit permit
                    ? new AdmittedConnection(port, peer, attempts, permit)
                    : null;
        } catch (Throwable fault) {
            port.guard().fault("deciding a connection", fault);
            return new AdmittedConnection(port, peer, null, null);
        }
    }

    private static @Nullable IpAddress address(@Nullable InetSocketAddress remote) {
        return remote != null && remote.getAddress() != null ? IpAddress.of(remote.getAddress()) : null;
    }

    /** Kept, because a channel that has been closed tells no more. */
    private record Ends(
            @Nullable InetSocketAddress remote, @Nullable InetSocketAddress local) implements SocketEnds {

        private static Ends of(SelectableChannel channel) {
            try {
                return channel instanceof SocketChannel socket
                        ? new Ends(internet(socket.getRemoteAddress()), internet(socket.getLocalAddress()))
                        : new Ends(null, null);
            } catch (IOException alreadyClosed) {
                return new Ends(null, null);
            }
        }

        private static @Nullable InetSocketAddress internet(@Nullable SocketAddress address) {
            return address instanceof InetSocketAddress internet ? internet : null;
        }
    }
}
