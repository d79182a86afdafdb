package io.portguard.doctor;

import io.portguard.proc.Proc;
import io.portguard.proc.ProcProcess;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * All that the checks judge: two looks, a little apart, and what does not change between them. Immutable, but for the
 * kernel's settings, which are read when they are asked for.
 *
 * @param subject what is examined
 * @param ports the ports that are examined
 * @param before the first look
 * @param now the second
 * @param holders of the listening sockets that are examined
 * @param capacities how many connections the accept queues hold, by port, as far as that is known
 * @param process the one that is examined: the one that was asked for, or the only one that listens; null when there is
 *     none
 * @param kernel where its settings are; null when they are those of another network namespace
 * @param otherSockets the numbers of the sockets that are not TCP's
 * @param unseen what could not be looked at, and why, in sentences
 */
record Evidence(
        Subject subject,
        NavigableSet<Integer> ports,
        Look before,
        Look now,
        Holders holders,
        Map<Integer, Integer> capacities,
        @Nullable ProcProcess process,
        @Nullable Proc kernel,
        Set<Long> otherSockets,
        List<String> unseen) {

    /** The settings of the kernel that a report shows. */
    static final List<String> SETTINGS = List.of(
            "net.core.somaxconn",
            "net.ipv4.tcp_max_syn_backlog",
            "net.ipv4.tcp_syncookies",
            "net.ipv4.tcp_keepalive_time");

    Evidence {
        ports = new TreeSet<>(ports);
        capacities = Map.copyOf(capacities);
        otherSockets = Set.copyOf(otherSockets);
        unseen = List.copyOf(unseen);
    }

    /** The sockets that listen on the ports that are examined, whoever has them. */
    List<Listener> listeners() {
        return now.sockets().listeners().stream()
                .filter(listener -> ports.contains(listener.port()))
                .toList();
    }

    /** The sockets that the process listens with, on whatever port. */
    List<Listener> listenersOfProcess() {
        return now.sockets().listeners().stream()
                .filter(listener -> isOfProcess(listener.inode()))
                .toList();
    }

    /** Whether the process that is examined has the socket. */
    boolean isOfProcess(long inode) {
        return now.descriptors() != null && now.descriptors().sockets().contains(inode);
    }

    /** A setting of the kernel; empty when it is not there or cannot be seen. */
    OptionalLong setting(String name) {
        return kernel == null ? OptionalLong.empty() : kernel.setting(name);
    }

    /** The numbers of a setting that has several; none when it is not there or cannot be seen. */
    List<Long> settings(String name) {
        return kernel == null ? List.of() : kernel.settings(name);
    }

    /** By how much a counter of the network namespace grew between the looks. */
    long grown(String counter) {
        return now.netstat().since(before.netstat(), counter);
    }

    /** What a counter has come to since the network namespace is up; 0 when it cannot be seen. */
    long total(String counter) {
        return Math.max(0, now.netstat().get(counter));
    }

    /** How many descriptors the process may have; empty when there is no process, or it cannot be seen. */
    OptionalLong maxDescriptors() {
        return process == null ? OptionalLong.empty() : process.maxDescriptors();
    }

    /** The number of the process for a command, or the word for it. */
    String pidText() {
        return process == null ? "PID" : Long.toString(process.pid());
    }

    /** The ports as they are named in a sentence. */
    String portText() {
        return ports.size() == 1 ? "port " + ports.first() : "the ports examined";
    }
}
