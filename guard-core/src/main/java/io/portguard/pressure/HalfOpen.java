package io.portguard.pressure;

import io.portguard.proc.NetCounters;
import io.portguard.proc.Proc;
import io.portguard.proc.ProcNetTcp;
import io.portguard.proc.TcpState;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The half-open connections of the guarded ports, those whose client has not answered the kernel's SYN-ACK, as a
 * fraction of what the kernel holds before it drops SYNs or answers them with cookies. Linux only. Sampled by one
 * thread, read and closed by any.
 *
 * <p>A listening socket holds as many as its accept queue (include/net/inet_connection_sock.h,
 * inet_csk_reqsk_queue_is_full).
 */
public final class HalfOpen implements PressureSource, AutoCloseable {

    /*
     * Since Linux 4.4 they stand among all other sockets (net/ipv4/inet_hashtables.c, inet_ehash_insert), so that counting
     * them means reading every line, those of connections in TIME_WAIT too: some 3 us each. A service whose clients come
     * on new connections has tens of thousands, and the reader would take a processor for a quarter of a second, in a
     * flood above all. Hence two things. Nothing is read while there can be none: a SYN-ACK that is not answered is sent
     * again after a second, and that is counted (net/ipv4/tcp_output.c, tcp_rtx_synack), as is a full queue. And a pass is
     * read in pieces, one at each asking.
     */

    private static final int LINES_AT_ONCE = 1_500;

    private static final List<String> SIGNS = List.of(
            "TcpExt:TCPSynRetrans", "TcpExt:SyncookiesSent", "TcpExt:TCPReqQFullDrop", "TcpExt:TCPReqQFullDoCookies");

    private final Proc proc;
    private final ListenBacklog backlog;
    private NetCounters before = NetCounters.NONE;
    private @Nullable Pass pass;
    private boolean closed;
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
    public synchronized double sample(long nowNanos) throws IOException {
        Set<Integer> ports = backlog.capacities().keySet();
        if (closed || ports.isEmpty()) {
            return ABSENT;
        }
        try {
            if (pass == null && count == 0 && thereIsNoSign()) {
                return 0;
            }
            count = read(ports);
        } catch (IOException | RuntimeException unreadable) {
            count = -1;
            endPass();
            throw unreadable;
        }
        return count < 0 ? ABSENT : (double) count / backlog.capacity();
    }

    private long read(Set<Integer> ports) throws IOException {
        Pass present = pass == null ? new Pass(proc, ports) : pass;
        pass = present;
        if (present.read(LINES_AT_ONCE)) {
            endPass();
            return present.found;
        }
        // That there are more is known before the pass ends; that there are fewer, or none, only then.
        return present.found > Math.max(0, count) ? present.found : count;
    }

    /** Whether nothing has been counted, since the last pass began, that a half-open connection leaves behind. */
    private boolean thereIsNoSign() {
        NetCounters earlier = before;
        before = NetCounters.NONE;
        try {
            before = proc.netstat();
        } catch (IOException unreadable) {
            return false;
        }
        return SIGNS.stream().allMatch(sign -> earlier.get(sign) >= 0 && before.since(earlier, sign) == 0);
    }

    private void endPass() throws IOException {
        Pass ended = pass;
        pass = null;
        if (ended != null) {
            ended.close();
        }
    }

    /** How many there were when they were last counted, or more if more have been met since; -1 when it cannot be told. */
    public long count() {
        return count;
    }

    /** Ends a pass that is under way; nothing is told any more. */
    @Override
    public synchronized void close() throws IOException {
        closed = true;
        count = -1;
        endPass();
    }

    /** One reading of all tables, in pieces. */
    private static final class Pass implements AutoCloseable {

        private final Iterator<Path> tables;
        private final Set<Integer> ports;
        private @Nullable ProcNetTcp table;
        private long found;

        Pass(Proc proc, Set<Integer> ports) throws FileNotFoundException {
            this.tables = proc.tcpTables().iterator();
            this.ports = ports;
            if (!tables.hasNext()) {
                throw new FileNotFoundException("no " + proc.tcp());
            }
        }

        /** Reads so many lines, or those that are left; returns whether none is left. */
        boolean read(int lines) throws IOException {
            for (int left = lines; left > 0; left--) {
                if (table == null) {
                    if (!tables.hasNext()) {
                        return true;
                    }
                    table = ProcNetTcp.all(tables.next());
                }
                if (!table.next()) {
                    close();
                } else if (table.state() == TcpState.SYN_RECEIVED && ports.contains(table.localPort())) {
                    found++;
                }
            }
            return table == null && !tables.hasNext();
        }

        @Override
        public void close() throws IOException {
            ProcNetTcp open = table;
            table = null;
            if (open != null) {
                open.close();
            }
        }
    }
}
