package io.portguard.benchmarks.load;

import io.netty.channel.Channel;
import java.net.InetAddress;

/** Opens connections to the server under load. */
interface Connector {

    /**
     * Begins to connect. The channel's pipeline turns bytes into HTTP objects for the connection, which is its
     * last handler; the channel closes if it cannot be connected.
     */
    Channel connect(Connection connection, InetAddress source);
}
