package io.portguard.connection;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Ports that listen and serve nobody: whoever connects is closed at once and told of. To be used by one thread at a time;
 * nothing blocks. What comes faster than it is looked for waits in the kernel's queue, and is dropped there when that
 * is full.
 */
public final class DecoyPorts {

    private static final int BACKLOG = 128;
    private static final int AT_ONCE = 1_000;

    private final List<ServerSocketChannel> open = new ArrayList<>();
    private final Map<Integer, String> troubles = new LinkedHashMap<>();

    /** Is told who connected. */
    @FunctionalInterface
    public interface Visitor {

        void connected(InetAddress peer, int port);
    }

    /** Opens ports on all addresses; what cannot be opened is among the {@link #troubles}. */
    public DecoyPorts(Collection<Integer> ports) {
        for (int port : ports) {
            try {
                open.add(open(port));
            } catch (IOException | RuntimeException trouble) {
                troubles.put(port, String.valueOf(trouble.getMessage()));
            }
        }
    }

    @SuppressWarnings("MustBeClosedChecker")
    private static ServerSocketChannel open(int port) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            SocketOption<Boolean> reuse = StandardSocketOptions.SO_REUSEADDR;
            channel.setOption(reuse, true); // so that a restart does not wait for connections of before
            channel.configureBlocking(false);
            channel.bind(new InetSocketAddress(port), BACKLOG);
            return channel;
        } catch (IOException | RuntimeException trouble) {
            channel.close();
            throw trouble;
        }
    }

    /** The ports that are open. */
    public List<Integer> ports() {
        List<Integer> ports = new ArrayList<>();
        for (ServerSocketChannel channel : open) {
            ports.add(channel.socket().getLocalPort());
        }
        return ports;
    }

    /** Why ports could not be opened, by port. */
    public Map<Integer, String> troubles() {
        return Map.copyOf(troubles);
    }

    /** Closes who has connected since the last time, and tells of them. */
    public void poll(Visitor visitor) {
        for (ServerSocketChannel channel : open) {
            int port = channel.socket().getLocalPort();
            for (int i = 0; i < AT_ONCE; i++) {
                try (SocketChannel connection = channel.accept()) {
                    if (connection == null) {
                        break;
                    }
                    SocketAddress peer = connection.getRemoteAddress();
                    if (peer instanceof InetSocketAddress internet) {
                        visitor.connected(internet.getAddress(), port);
                    }
                } catch (IOException gone) {
                    // Whoever was already gone when it was accepted; or there are no descriptors, and the next round
                    // is.
                    break;
                }
            }
        }
    }

    /** Closes all of them. */
    public void close() {
        for (ServerSocketChannel channel : open) {
            try {
                channel.close();
            } catch (IOException unclosed) {
                troubles.put(channel.socket().getLocalPort(), String.valueOf(unclosed.getMessage()));
            }
        }
        open.clear();
    }
}
