package io.portguard.benchmarks.load;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** One client: its address, its connections and the requests that wait for one. */
final class Client {

    // A burst is not answered with a thousand handshakes at once, which would clog the generator first.
    private static final int MAX_CONNECTING = 64;

    private final InetAddress address;
    private final int maxConnections;
    private final List<Connection> idle = new ArrayList<>();
    final RequestQueue waiting = new RequestQueue();
    private int connections;
    private int connecting;

    Client(InetAddress address, int maxConnections) {
        this.address = address;
        this.maxConnections = maxConnections;
    }

    InetAddress address() {
        return address;
    }

    boolean hasIdle() {
        return !idle.isEmpty();
    }

    /** The connection that was used last: it is the least likely to be closed by the server meanwhile. */
    Connection takeIdle() {
        return idle.remove(idle.size() - 1);
    }

    void addIdle(Connection connection) {
        idle.add(connection);
    }

    void removeIdle(Connection connection) {
        idle.remove(connection);
    }

    boolean mayOpen() {
        return connections < maxConnections && connecting < MAX_CONNECTING;
    }

    void opening() {
        connections++;
        connecting++;
    }

    void connected() {
        connecting--;
    }

    void closed(boolean wasConnected) {
        connections--;
        if (!wasConnected) {
            connecting--;
        }
    }
}
