package io.portguard.doctor;

import io.portguard.IpAddress;
import io.portguard.proc.Proc;
import io.portguard.proc.ProcNetTcp;
import io.portguard.proc.TcpState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The TCP sockets of a network namespace, counted in one pass. Not changed once it is made. */
final class Sockets {

    /** Where nobody has looked. */
    static final Sockets NONE = new Sockets(List.of());

    private final List<Listener> listeners;
    private final Set<Long> inodes = new HashSet<>();
    private final Map<TcpState, Integer> connections = new EnumMap<>(TcpState.class);
    private final Map<IpAddress, Integer> clients = new HashMap<>();
    private final Map<String, Integer> outgoing = new HashMap<>();
    private final Set<Long> closeWait = new HashSet<>();
    private int idle;
    private int idleWithoutKeepalive;

    private Sockets(List<Listener> listeners) {
        this.listeners = List.copyOf(listeners);
    }

    /** The listening sockets alone, which costs little. */
    static List<Listener> listeners(Proc proc) throws IOException {
        List<Listener> found = new ArrayList<>();
        for (Path table : proc.tcpTables()) {
            try (ProcNetTcp sockets = ProcNetTcp.listening(table)) {
                while (sockets.next()) {
                    found.add(new Listener(
                            sockets.localAddress(),
                            sockets.localPort(),
                            sockets.isIpv6(),
                            sockets.receiveQueue(),
                            sockets.inode(),
                            sockets.uid()));
                }
            }
        }
        return found;
    }

    /** Counts all sockets, and what is special about the connections of the ports that are examined. */
    static Sockets read(Proc proc, Set<Integer> ports) throws IOException {
        Sockets all = new Sockets(listeners(proc));
        boolean[] isServed = new boolean[65_536];
        boolean[] isExamined = new boolean[65_536];
        ports.forEach(port -> isExamined[port] = true);
        all.listeners.forEach(listener -> isServed[listener.port()] = true);
        for (Path table : proc.tcpTables()) {
            try (ProcNetTcp sockets = ProcNetTcp.all(table)) {
                while (sockets.next()) {
                    all.add(sockets, isServed[sockets.localPort()], isExamined[sockets.localPort()]);
                }
            }
        }
        return all;
    }

    private void add(ProcNetTcp socket, boolean served, boolean examined) {
        if (socket.inode() != 0) {
            inodes.add(socket.inode());
        }
        TcpState state = socket.state();
        if (state == TcpState.LISTEN) {
            return;
        }
        if (state == TcpState.CLOSE_WAIT) {
            closeWait.add(socket.inode());
        }
        if (!served) {
            outgoing.merge(socket.remoteAddress() + " port " + socket.remotePort(), 1, Integer::sum);
        }
        if (examined) {
            connections.merge(state, 1, Integer::sum);
            if (state != TcpState.TIME_WAIT) {
                clients.merge(socket.remoteAddress(), 1, Integer::sum);
            }
            if (state == TcpState.ESTABLISHED && socket.sendQueue() == 0) {
                idle++;
                idleWithoutKeepalive += socket.hasKeepaliveTimer() ? 0 : 1;
            }
        }
    }

    List<Listener> listeners() {
        return listeners;
    }

    /** Connections that wait to be accepted on a port, at all sockets that listen on it. */
    long waiting(int port) {
        return listeners.stream()
                .filter(listener -> listener.port() == port)
                .mapToLong(Listener::waiting)
                .sum();
    }

    /** Whether a socket of this number is a TCP socket in any state but closed. */
    boolean has(long inode) {
        return inodes.contains(inode);
    }

    /** Connections of the ports that are examined. */
    int count(TcpState state) {
        return connections.getOrDefault(state, 0);
    }

    /** Connections of the ports that are examined that take a descriptor, or will when they are accepted. */
    int open() {
        return clients.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** Connections of the ports that are examined, by all states that there are. */
    Map<TcpState, Integer> connections() {
        return connections;
    }

    /** How many connections to the ports that are examined each remote address has. */
    Map<IpAddress, Integer> clients() {
        return clients;
    }

    /** Connections from ports that nobody listens on, by their other end. */
    Map<String, Integer> outgoing() {
        return outgoing;
    }

    /** How many of these sockets the other end has closed and their process has not. */
    int closeWaitAmong(List<Long> sockets) {
        return (int) sockets.stream().filter(closeWait::contains).count();
    }

    /** Established connections of the ports that are examined with nothing on its way. */
    int idle() {
        return idle;
    }

    int idleWithoutKeepalive() {
        return idleWithoutKeepalive;
    }
}
