package io.portguard.doctor;

import io.portguard.proc.CgroupMemory;
import io.portguard.proc.NetCounters;
import io.portguard.proc.Proc;
import io.portguard.proc.ProcProcess;
import io.portguard.proc.ProcProcess.Descriptors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Collects the evidence on a subject from {@code /proc}. Reads and does nothing else. Thread-safe. */
final class Observer {

    private final Proc proc;
    private final Runnable pause;
    private final Supplier<Map<Integer, Integer>> capacities;

    /** One that pauses between its two looks, and asks for the capacities of accept queues that nobody told it. */
    Observer(Proc proc, Runnable pause, Supplier<Map<Integer, Integer>> capacities) {
        this.proc = proc;
        this.pause = pause;
        this.capacities = capacities;
    }

    Evidence observe(Subject subject) throws CannotLookException {
        try {
            return new Observation(subject).evidence();
        } catch (IOException unreadable) {
            throw new CannotLookException("Cannot read " + unreadable.getMessage() + ".", unreadable);
        }
    }

    private final class Observation {

        private final Subject subject;
        private final List<String> unseen = new ArrayList<>();
        private final @Nullable ProcProcess asked;
        private final Proc net;
        private final boolean isElsewhere;

        Observation(Subject subject) throws CannotLookException, IOException {
            this.subject = subject;
            asked = subject.hasPid() ? find(subject.pid()) : null;
            isElsewhere = asked != null && !asked.networkNamespace().equals(ownNamespace(asked));
            net = isElsewhere ? proc.withNetworkOf(subject.pid()) : proc;
            if (net.tcpTables().isEmpty()) {
                throw new CannotLookException("There is no " + net.tcp() + " (expected: Linux, with /proc mounted).");
            }
        }

        private ProcProcess find(long pid) throws CannotLookException {
            ProcProcess process = proc.process(pid);
            if (!process.exists()) {
                throw new CannotLookException("There is no process " + pid + ".");
            }
            try {
                process.descriptors();
                process.networkNamespace();
                return process;
            } catch (IOException foreign) {
                throw new CannotLookException(
                        "The " + Holder.of(process)
                                + " cannot be looked into (expected: a process of the same user, or root).",
                        foreign);
            }
        }

        /** The namespace of whoever looks; that of the process itself where {@code /proc} shows no self. */
        private String ownNamespace(ProcProcess process) throws IOException {
            ProcProcess self = proc.process(ProcessHandle.current().pid());
            return self.exists() ? self.networkNamespace() : process.networkNamespace();
        }

        Evidence evidence() throws IOException {
            List<Listener> listeners = subject.isStarting() ? List.of() : Sockets.listeners(net);
            NavigableSet<Integer> ports = subject.ports().isEmpty() ? ports(listeners) : subject.ports();
            Holders holders = Holders.of(proc, inodes(listeners, ports));
            ProcProcess process = asked == null ? onlyHolder(holders) : asked;
            Look before = look(ports, process);
            Look now = before;
            if (!subject.isStarting()) {
                pause.run();
                now = look(ports, process);
            }
            if (isElsewhere) {
                unseen.add("the kernel's network settings: process " + subject.pid() + " is in another network"
                        + " namespace. Run the doctor inside it: nsenter -t " + subject.pid() + " -n java -jar ...");
            }
            addHidden(now.sockets().listeners(), ports, holders);
            if (process == null
                    && !holders.bySocket().isEmpty()
                    && !subject.ports().isEmpty()) {
                unseen.add("descriptors and memory: several processes listen there. Name one with --pid.");
            }
            return new Evidence(
                    subject,
                    ports,
                    before,
                    now,
                    holders,
                    subject.capacities().isEmpty() && !isElsewhere ? capacities.get() : subject.capacities(),
                    process,
                    isElsewhere ? null : proc,
                    process == null || subject.isStarting() ? Set.of() : new HashSet<>(net.otherSocketInodes()),
                    unseen);
        }

        /** Those of the process that was asked for, or all. */
        private NavigableSet<Integer> ports(List<Listener> listeners) throws IOException {
            Set<Long> own =
                    asked == null ? Set.of() : new HashSet<>(asked.descriptors().sockets());
            return listeners.stream()
                    .filter(listener -> asked == null || own.contains(listener.inode()))
                    .map(Listener::port)
                    .collect(Collectors.toCollection(TreeSet::new));
        }

        private Set<Long> inodes(List<Listener> listeners, Set<Integer> ports) {
            return listeners.stream()
                    .filter(listener -> ports.contains(listener.port()))
                    .map(Listener::inode)
                    .collect(Collectors.toSet());
        }

        private @Nullable ProcProcess onlyHolder(Holders holders) {
            Set<Long> pids = new LinkedHashSet<>();
            holders.bySocket().values().forEach(some -> some.forEach(holder -> pids.add(holder.pid())));
            return pids.size() == 1 ? proc.process(pids.iterator().next()) : null;
        }

        private Look look(Set<Integer> ports, @Nullable ProcProcess process) throws IOException {
            Descriptors descriptors = null;
            CgroupMemory memory = null;
            if (process != null) {
                descriptors = process.descriptors();
                memory = process.memory();
            }
            Sockets sockets = subject.isStarting() ? Sockets.NONE : Sockets.read(net, ports);
            return new Look(sockets, netstat(), sockstat(), descriptors, memory);
        }

        private NetCounters netstat() {
            try {
                return net.netstat();
            } catch (IOException unreadable) {
                return NetCounters.NONE;
            }
        }

        private NetCounters sockstat() {
            try {
                return net.sockstat();
            } catch (IOException unreadable) {
                return NetCounters.NONE;
            }
        }

        private void addHidden(List<Listener> listeners, Set<Integer> ports, Holders holders) {
            String unknown = listeners.stream()
                    .filter(listener -> ports.contains(listener.port())
                            && holders.of(listener).isEmpty())
                    .map(Listener::toString)
                    .collect(Collectors.joining(", "));
            if (!unknown.isEmpty()) {
                unseen.add("who listens on " + unknown
                        + (holders.hidden() > 0
                                ? ": processes of other users (" + holders.hidden() + ") cannot be looked into. Run the"
                                        + " doctor as root."
                                : ": no process here does, so it is one outside of this container. Run the doctor"
                                        + " there."));
            }
        }
    }
}
