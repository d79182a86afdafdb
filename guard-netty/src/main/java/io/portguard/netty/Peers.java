package io.portguard.netty;

import io.netty.channel.Channel;
import io.portguard.IpAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Tells who is at the other end of a channel. */
final class Peers {

    private Peers() {}

    /** The peer's address; null when there is none, as on a Unix domain socket or when it is gone already. */
    static @Nullable IpAddress address(Channel channel) {
        return channel.remoteAddress() instanceof InetSocketAddress socket && socket.getAddress() != null
                ? IpAddress.of(socket.getAddress())
                : null;
    }
}
