package io.portguard.audit;

import io.portguard.Attempt;
import io.portguard.IpAddress;
import io.portguard.SocketEnds;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Between whom an attempt was made, as the Elastic Common Schema has it: {@code source} is the peer of the connection, and
 * {@code client} whom it speaks for, where that is somebody else. What is not known is left out. Immutable.
 */
record FiveTuple(
        @Nullable IpAddress source,
        int sourcePort,
        @Nullable IpAddress destination,
        int destinationPort,
        @Nullable IpAddress client) {

    /** To be called while the connection is there. */
    static FiveTuple of(Attempt attempt) {
        SocketEnds ends = attempt.ends();
        InetSocketAddress remote = ends == null ? null : ends.remote();
        InetSocketAddress local = ends == null ? null : ends.local();
        IpAddress source = remote == null ? attempt.address() : address(remote);
        IpAddress client = attempt.address();
        return new FiveTuple(
                source,
                remote == null ? 0 : remote.getPort(),
                local == null ? null : address(local),
                local == null ? 0 : local.getPort(),
                client == null || client.equals(source) ? null : client);
    }

    private static @Nullable IpAddress address(InetSocketAddress end) {
        return end.getAddress() == null ? null : IpAddress.of(end.getAddress());
    }

    void write(JsonLine line) {
        line.text("network.transport", source == null ? null : "tcp");
        end(line, "source", source, sourcePort);
        end(line, "destination", destination, destinationPort);
        end(line, "client", client, 0);
    }

    private static void end(JsonLine line, String name, @Nullable IpAddress address, int port) {
        if (address != null) {
            line.text(name + ".ip", address.toString());
            if (port > 0) {
                line.number(name + ".port", port);
            }
        }
    }
}
