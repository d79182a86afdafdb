package io.portguard.doctor;

import io.portguard.proc.Proc;
import io.portguard.proc.TcpState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A {@code /proc} of our own making, that of a sound machine until something is put in. */
final class ProcTree {

    private static final String HEADER =
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

    private final Path root;
    private final StringBuilder listeners = new StringBuilder();
    private final StringBuilder connections = new StringBuilder();
    private final Map<String, Long> counters = new LinkedHashMap<>();
    private int memoryPages = 10;

    ProcTree(Path root) {
        this.root = root;
        counters.put("SyncookiesSent", 0L);
        counters.put("TCPReqQFullDrop", 0L);
        counters.put("ListenOverflows", 0L);
        setting("net.core.somaxconn", "4096");
        setting("net.ipv4.tcp_max_syn_backlog", "4096");
        setting("net.ipv4.tcp_syncookies", "1");
        setting("net.ipv4.tcp_keepalive_time", "60");
        setting("net.ipv4.tcp_abort_on_overflow", "0");
        setting("net.ipv4.tcp_max_tw_buckets", "65536");
        setting("net.ipv4.tcp_mem", "1000\t2000\t3000");
        setting("net.ipv4.ip_local_port_range", "32768\t60999");
        setting("net.ipv4.ip_local_reserved_ports", "");
        setting("fs.file-nr", "1000\t0\t100000");
        write("net/tcp6", HEADER);
        write("net/unix", "Num RefCount Protocol Flags Type St Inode Path\n");
        flush();
    }

    Proc proc() {
        return Proc.at(root);
    }

    ProcTree setting(String name, String value) {
        return write("sys/" + name.replace('.', '/'), value + "\n");
    }

    ProcTree counter(String name, long value) {
        counters.put(name, value);
        return flush();
    }

    ProcTree socketMemory(int pages) {
        memoryPages = pages;
        return flush();
    }

    /** Somebody listens on every address. */
    ProcTree listen(int port, int waiting, long inode) {
        return listen("00000000", port, waiting, inode);
    }

    ProcTree listenOnLoopback(int port, long inode) {
        return listen("0100007F", port, 0, inode);
    }

    private ProcTree listen(String address, int port, int waiting, long inode) {
        listeners.append(String.format(
                Locale.ROOT,
                "   0: %s:%04X 00000000:0000 0A 00000000:%08X 00:00000000 00000000     0        0 %d 1 x\n",
                address,
                port,
                waiting,
                inode));
        return flush();
    }

    /** Connections to a port in a state, from 10.0.0.1. */
    ProcTree connections(int port, TcpState state, int count, long firstInode) {
        return connections(port, state, count, firstInode, 1, true);
    }

    ProcTree connections(int port, TcpState state, int count, long firstInode, int client, boolean keepalive) {
        for (int i = 0; i < count; i++) {
            connection(port, 20_000 + i, state, firstInode == 0 ? 0 : firstInode + i, client, keepalive);
        }
        return flush();
    }

    /** Connections from ports of this machine to port 5432 of 10.0.0.2. */
    ProcTree outgoing(TcpState state, int count) {
        for (int i = 0; i < count; i++) {
            connection(32_768 + i, 5_432, state, 0, 2, true);
        }
        return flush();
    }

    private void connection(int port, int remotePort, TcpState state, long inode, int client, boolean keepalive) {
        connections.append(String.format(
                Locale.ROOT,
                "   1: 0200000A:%04X %02X00000A:%04X %02X 00000000:00000000 %02X:00000100 00000000     0        0 %d 1 x\n",
                port,
                client,
                remotePort,
                List.of(TcpState.values()).indexOf(state) + 1,
                keepalive ? 2 : 0,
                inode));
    }

    ProcTree noConnections() {
        connections.setLength(0);
        return flush();
    }

    /** A process of user 7 with these sockets and so many descriptors beside them. */
    ProcTree process(long pid, String command, int others, Long... sockets) {
        write(pid + "/cmdline", command.replace(' ', '\0') + "\0");
        write(pid + "/status", "Name:\tx\nUid:\t7\t7\t7\t7\n");
        limit(pid, "65536");
        cgroup(pid, "");
        link(pid + "/ns/net", "net:[1]");
        descriptors(pid, others, sockets);
        return this;
    }

    ProcTree limit(long pid, String descriptors) {
        return write(
                pid + "/limits",
                "Limit                     Soft Limit           Hard Limit           Units\n"
                        + "Max open files            " + descriptors + "                65536                files\n");
    }

    ProcTree descriptors(long pid, int others, Long... sockets) {
        int number = 0;
        for (long socket : sockets) {
            link(pid + "/fd/" + number++, "socket:[" + socket + "]");
        }
        for (int i = 0; i < others; i++) {
            link(pid + "/fd/" + number++, "/tmp/file");
        }
        return this;
    }

    /** In megabytes. */
    ProcTree memory(long pid, long limit, long used, int kills) {
        write("cgroup/memory.max", (limit << 20) + "\n");
        write("cgroup/memory.current", (used << 20) + "\n");
        write("cgroup/memory.events", "oom_kill " + kills + "\n");
        write(pid + "/mountinfo", "1 2 0:1 / " + root.resolve("cgroup") + " rw - cgroup2 cgroup2 rw\n");
        return cgroup(pid, "0::/\n");
    }

    private ProcTree cgroup(long pid, String text) {
        return write(pid + "/cgroup", text);
    }

    private ProcTree flush() {
        write("net/tcp", HEADER + listeners + connections);
        write(
                "net/netstat",
                "TcpExt: " + String.join(" ", counters.keySet()) + "\nTcpExt: "
                        + String.join(
                                " ",
                                counters.values().stream().map(String::valueOf).toList()) + "\n");
        return write("net/sockstat", "TCP: inuse 1 orphan 0 tw 0 alloc 1 mem " + memoryPages + "\n");
    }

    ProcTree link(String file, String target) {
        try {
            Path path = root.resolve(file);
            Files.createDirectories(path.getParent());
            Files.deleteIfExists(path);
            Files.createSymbolicLink(path, Path.of(target));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ProcTree write(String file, String text) {
        try {
            Path path = root.resolve(file);
            Files.createDirectories(path.getParent());
            Files.writeString(path, text, StandardCharsets.ISO_8859_1);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Long[] numbers(long first, int count) {
        Long[] numbers = new Long[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = first + i;
        }
        return numbers;
    }
}
