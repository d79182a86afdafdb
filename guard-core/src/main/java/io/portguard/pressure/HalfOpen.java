package io.portguard.pressure;

import io.portguard.proc.Proc;
import io.portguard.proc.ProcNetTcp;
import io.portguard.proc.TcpState;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/**
 * The half-open connections of the guarded ports, those whose client has not answered the kernel's SYN-ACK, as a
 * fraction of what the kernel holds before it drops SYNs or answers them with cookies. Linux only. Sampled by one
 * thread, read by any.
 *
 * <p>Since Linux 4.4 they stand among all other sockets (net/ipv4/inet_hashtables.c, inet_ehash_insert), so that
 * counting them means reading every line: some 3 us for each connection of the machine. That is done on a thread that
 * nothing waits for, and the more seldom the longer it takes. A listening socket holds as many as its accept queue
 * (include/net/inet_connection_sock.h, inet_csk_reqsk_queue_is_full).
 */
public final class HalfOpen implements PressureSource {

    private final Proc proc;
    private final ListenBacklog backlog;
    private volatile long count = -1;

    public HalfOpen(ListenBacklog backlog) {
        this(Proc.ofThisSystem(), backlog);
    }

    /** Reads another {@code /proc}. */
    public HalfOpen(Proc proc, ListenBacklog backlog) {
        this.proc = proc;
        this.backlog = backlog;
    }

    @Override
    public String name() {
        return "half-open";
    }

    @Override
    public Duration interval() {
        return Duration.ofSeconds(1);
    }

    @Override
    public Pace pace() {
        return Pace.SLOW;
    }

    @Override
    public double sample(long nowNanos) throws IOException {
        Set<Integer> ports = backlog.capacities().keySet();
        if (ports.isEmpty()) {
            return ABSENT;
        }
        count = -1;
        boolean found = false;
        long sum = 0;
        for (Path table : proc.tcpTables()) {
            sum += countIn(table, ports);
            found = true;
        }
        if (!found) {
            throw new FileNotFoundException("no " + proc.tcp());
        }
        count = sum;
        return (double) sum / backlog.capacity();
    }

    private static long countIn(Path table, Set<Integer> ports) throws IOException {
        long found = 0;
        try (ProcNetTcp sockets = ProcNetTcp.all(table)) {
            while (sockets.next()) {
                if (sockets.state() == TcpState.SYN_RECEIVED && ports.contains(sockets.localPort())) {
                    found++;
                }
            }
        }
        return found;
    }

    /** How many there were when they were last counted; -1 when it cannot be told. */
    public long count() {
        return count;
    }
}
