package io.portguard.pressure;

import io.portguard.proc.NetCounters;
import io.portguard.proc.Proc;
import io.portguard.proc.ProcNetTcp;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * How full the accept queues of the guarded ports are: connections that the kernel has completed and the process has
 * not accepted. What counts is the fullest of all sockets that listen on them, of either family, and only what stands:
 * the lesser of two samples, since a burst is gone by the next. Linux only. Sampled by one thread, read by any.
 *
 * <p>Depths are the {@code rx_queue} of listening sockets in {@code /proc/net/tcp} and {@code tcp6}. The capacity is not
 * to be seen there: it is the backlog that the port was bound with, at most {@code net.core.somaxconn}.
 */
public final class ListenBacklog implements PressureSource {

    /*
     * What it costs is said in ProcNetTcp: next to nothing up to the last listening socket, and behind it a search
     * through the kernel's table, until a connection of the same family is met. So a pass ends when it has met as many
     * sockets of the guarded ports as there were; which those are is looked up anew when one is missing, and now and then.
     * When the last socket is ours and there are some hundred connections or fewer, the search is long. So sockstat is
     * asked first, for a few microseconds: while no more sockets are in use than when the queues were empty, nobody has
     * come to stand in them, unless in the place of somebody who went. A family with fewer sockets in use than a quarter
     * of a queue has no queue that is a quarter full. If one of the two is so, a second old is new enough; five, if both.
     */

    private static final long LOOK_UP_NANOS = Duration.ofSeconds(30).toNanos();
    private static final long FEW_OR_NONE_CAME_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long FEW_AND_NONE_CAME_NANOS = Duration.ofSeconds(5).toNanos();
    private static final int QUARTER = 4;

    private final Proc proc;
    private final Map<Integer, Integer> capacityByPort = new ConcurrentHashMap<>();
    private final Family ipv4;
    private final Family ipv6;
    private volatile boolean changed;
    private volatile long depth = -1;
    private volatile int sockets;
    private volatile long capacity = -1;
    private boolean lookedUp;
    private long lookedUpAtNanos;
    private long exactAtNanos;
    /** The fewest sockets in use, of all families, since the queues were seen to be empty. */
    private long inUseWhenEmpty;

    private double fullest;

    /** Watches nothing until it is told which port. */
    public ListenBacklog() {
        this(Proc.ofThisSystem());
    }

    /** Reads another {@code /proc}. */
    public ListenBacklog(Proc proc) {
        this.proc = proc;
        ipv4 = new Family(proc.tcp(), "TCP:inuse");
        ipv6 = new Family(proc.tcp6(), "TCP6:inuse");
    }

    /**
     * Watches a port from now on too, all sockets that listen on it.
     *
     * @param number 1 to 65535
     * @param backlog that the port was bound with; the kernel's own limit is taken into account
     */
    public void watch(int number, int backlog) {
        if (number < 1 || number > 65_535 || backlog < 1) {
            throw new IllegalArgumentException("port: " + number + ", backlog: " + backlog
                    + " (expected: a port from 1 to 65535 and a backlog above 0)");
        }
        OptionalLong somaxconn = proc.setting("net.core.somaxconn");
        capacityByPort.put(number, (int) Math.min(backlog, somaxconn.orElse(Integer.MAX_VALUE)));
        changed = true;
    }

    /** How many connections a queue of each port that is watched holds. */
    public Map<Integer, Integer> capacities() {
        return Map.copyOf(capacityByPort);
    }

    @Override
    public String name() {
        return "backlog";
    }

    @Override
    public double sample(long nowNanos) throws IOException {
        if (capacityByPort.isEmpty()) {
            return ABSENT;
        }
        try {
            double before = fullest;
            read(nowNanos);
            return Math.min(before, fullest);
        } catch (IOException | RuntimeException unreadable) {
            depth = -1;
            fullest = 0;
            throw unreadable;
        }
    }

    private void read(long nowNanos) throws IOException {
        boolean lookUp = changed || !lookedUp || nowNanos - lookedUpAtNanos >= LOOK_UP_NANOS;
        InUse inUse = depth == 0 ? inUse() : null;
        if (!lookUp && inUse != null && areEmptyStill(inUse, nowNanos)) {
            inUseWhenEmpty = Math.min(inUseWhenEmpty, inUse.sockets());
            return;
        }
        if (lookUp) {
            changed = false;
            lookedUp = true;
            lookedUpAtNanos = nowNanos;
        }
        exactAtNanos = nowNanos;
        // Counted before the queues are read: whoever comes meanwhile is one more the next time.
        inUseWhenEmpty = inUse == null ? 0 : inUse.sockets();
        ipv4.read(lookUp);
        ipv6.read(lookUp);
        if (!ipv4.exists && !ipv6.exists) {
            throw new FileNotFoundException("no " + proc.tcp());
        }
        depth = ipv4.depth + ipv6.depth;
        capacity = ipv4.capacity + ipv6.capacity;
        sockets = ipv4.sockets + ipv6.sockets;
        fullest = Math.max(ipv4.fullest, ipv6.fullest);
    }

    /** Whether queues that were empty need not be read again yet. */
    private boolean areEmptyStill(InUse inUse, long nowNanos) {
        boolean come = inUse.sockets() > inUseWhenEmpty;
        long age = nowNanos - exactAtNanos;
        if (inUse.areFew() && !come) {
            return age < FEW_AND_NONE_CAME_NANOS;
        }
        return (inUse.areFew() || !come) && age < FEW_OR_NONE_CAME_NANOS;
    }

    /**
     * Sockets in use, of families that have listening ones.
     *
     * @param areFew whether no family has enough for a quarter of a queue
     */
    private record InUse(long sockets, boolean areFew) {}

    /** Null when it cannot be told. */
    private @Nullable InUse inUse() {
        long ofIpv4;
        long ofIpv6;
        try {
            NetCounters counters = proc.sockstat();
            ofIpv4 = ipv4.inUse(counters);
            ofIpv6 = ipv6.inUse(counters);
        } catch (IOException unreadable) {
            return null;
        }
        if (ofIpv4 < 0 || ofIpv6 < 0) {
            return null;
        }
        int least = Integer.MAX_VALUE;
        for (int each : capacityByPort.values()) {
            least = Math.min(least, each);
        }
        return new InUse(ofIpv4 + ofIpv6, Math.max(ofIpv4, ofIpv6) < least / QUARTER);
    }

    /**
     * Connections in the queues when they were last read: a second ago at most, or five while there are few and not one
     * more than when the queues were empty; -1 when it cannot be told.
     */
    public long depth() {
        return depth;
    }

    /** How many connections fit in the queues together; -1 when no port is watched. */
    public int capacity() {
        long known = capacity;
        if (known > 0) {
            return (int) Math.min(known, Integer.MAX_VALUE);
        }
        return capacityByPort.isEmpty()
                ? -1
                : capacityByPort.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** How many sockets listen on the watched ports. */
    public int sockets() {
        return sockets;
    }

    /** The sockets of one family. */
    private final class Family {

        private final Path file;
        private final String inUse;
        private boolean exists = true;
        private int sockets;
        private long depth;
        private long capacity;
        private double fullest;

        Family(Path file, String inUse) {
            this.file = file;
            this.inUse = inUse;
        }

        /** Sockets in use, for as long as there are listening ones among them; negative when that is not told. */
        long inUse(NetCounters counters) {
            return sockets == 0 ? 0 : counters.get(inUse);
        }

        void read(boolean all) throws IOException {
            if (!all && sockets == 0) {
                return;
            }
            int expected = all ? Integer.MAX_VALUE : sockets;
            sockets = 0;
            depth = 0;
            capacity = 0;
            fullest = 0;
            try (ProcNetTcp listening = ProcNetTcp.listening(file)) {
                exists = true;
                while (sockets < expected && listening.next()) {
                    Integer watched = capacityByPort.get(listening.localPort());
                    if (watched != null) {
                        sockets++;
                        depth += listening.receiveQueue();
                        capacity += watched;
                        fullest = Math.max(fullest, (double) listening.receiveQueue() / watched);
                    }
                }
            } catch (FileNotFoundException none) {
                exists = false;
            }
            if (!all && sockets < expected) {
                changed = true;
            }
        }
    }
}
