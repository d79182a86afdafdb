package io.portguard.pressure;

import io.portguard.proc.NetCounters;
import io.portguard.proc.Proc;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Whether the kernel has dropped connections in the last second because an accept queue was full: 1, else 0. It counts
 * for all ports of the network namespace together, so whose queue that was the port's own backlog has to say. Linux
 * only. Sampled by one thread, read by any.
 */
public final class NetworkDrops implements PressureSource {

    /** What makes the kernel drop connections or packets, a full queue or a lack of memory above all. */
    public enum Counter {
        /** An accept queue was full when a connection was complete. */
        OVERFLOW("TcpExt:ListenOverflows"),
        /** A connection was dropped before it was accepted, for whatever reason; overflows are among them. */
        LISTEN_DROP("TcpExt:ListenDrops"),
        /** A queue of half-open connections was full, and a SYN was dropped. */
        REQUEST_QUEUE_DROP("TcpExt:TCPReqQFullDrop"),
        /** A queue of half-open connections was full, and a SYN was answered with a cookie. */
        REQUEST_QUEUE_COOKIE("TcpExt:TCPReqQFullDoCookies"),
        /** A packet was dropped because its socket was busy and its backlog full. */
        BACKLOG_DROP("TcpExt:TCPBacklogDrop"),
        /** A packet was dropped because its socket's receive queue was full. */
        RECEIVE_QUEUE_DROP("TcpExt:TCPRcvQDrop"),
        /** A half-open connection was reset by whoever began it: given up, or a SYN scan, which is seen nowhere else. */
        HANDSHAKE_RESET("TcpExt:EmbryonicRsts"),
        /** A packet was dropped for want of memory. */
        PRUNED("TcpExt:RcvPruned");

        private final String key;
        private final String text = name().toLowerCase(Locale.ROOT).replace('_', '-');

        Counter(String key) {
            this.key = key;
        }

        /** As it is spelled in metrics, {@code listen-drop} for instance. */
        public String text() {
            return text;
        }
    }

    private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Proc proc;
    private volatile NetCounters counters = NetCounters.NONE;
    private volatile NetCounters aMinuteAgo = NetCounters.NONE;

    /** For the sampling thread alone: the counters that will be a minute old next, and since when. */
    private NetCounters younger = NetCounters.NONE;

    private long youngerNanos;

    public NetworkDrops() {
        this(Proc.ofThisSystem());
    }

    /** Reads another {@code /proc}. */
    public NetworkDrops(Proc proc) {
        this.proc = proc;
    }

    @Override
    public String name() {
        return "overflows";
    }

    @Override
    public Duration interval() {
        return Duration.ofSeconds(1);
    }

    @Override
    public double sample(long nowNanos) throws IOException {
        NetCounters before = counters;
        counters = NetCounters.NONE;
        NetCounters now = proc.netstat();
        counters = now;
        remember(now, nowNanos);
        return now.since(before, Counter.OVERFLOW.key) > 0 ? 1 : 0;
    }

    private void remember(NetCounters now, long nowNanos) {
        boolean first = younger == NetCounters.NONE;
        if (first || nowNanos - youngerNanos >= MINUTE_NANOS) {
            aMinuteAgo = first ? now : younger;
            younger = now;
            youngerNanos = nowNanos;
        }
    }

    /** How many there were in the last minute, or two at most; 0 when unknown. */
    public long lately(Counter counter) {
        return counters.since(aMinuteAgo, counter.key);
    }

    /** How many there have been since the network namespace is up, a second ago; -1 when unknown. */
    public long count(Counter counter) {
        return counters.get(counter.key);
    }
}
