package io.portguard.doctor;

import io.portguard.IpAddress;
import io.portguard.proc.TcpState;
import java.util.Comparator;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** The connections of the ports: half-open ones, heaps of those that are closed on one side, and whose they are. */
final class ConnectionCheck implements Check {

    private static final int MANY_HALF_OPEN = 5_000;
    private static final int MANY_CLOSE_WAIT = 100;
    private static final int MANY_TIME_WAIT = 1_000;
    private static final int TIME_WAIT_TO_ESTABLISHED = 5;
    private static final int MANY_OF_ONE_CLIENT = 200;
    private static final int SOME_IDLE = 10;

    @Override
    public void examine(Evidence evidence, Consumer<Finding> findings) {
        halfOpen(evidence, findings);
        cookies(evidence, findings);
        closeWait(evidence, findings);
        timeWait(evidence, findings);
        oneClient(evidence, findings);
        keepalive(evidence, findings);
    }

    /** A request for a connection counts against the accept queue's capacity (inet_csk_reqsk_queue_is_full). */
    private static void halfOpen(Evidence evidence, Consumer<Finding> findings) {
        int halfOpen = evidence.now().sockets().count(TcpState.SYN_RECEIVED);
        long capacity = evidence.ports().stream()
                .mapToLong(port -> evidence.capacities().getOrDefault(port, 0))
                .sum();
        long room = capacity > 0
                ? capacity
                : evidence.setting("net.ipv4.tcp_max_syn_backlog").orElse(2L * MANY_HALF_OPEN);
        long many = Math.max(1, Math.min(MANY_HALF_OPEN, room / 2));
        if (halfOpen >= many) {
            findings.accept(Finding.warning(
                    "half-open",
                    halfOpen + " connections of " + evidence.portText() + " are half open (from " + many
                            + " it is much).",
                    "Somebody asks for connections and does not complete them (a SYN flood), or answers get lost. When"
                            + " there is no more room, new clients are dropped or served by SYN cookies.",
                    "See where they come from: ss -nt state syn-recv; keep net.ipv4.tcp_syncookies=1; raise the backlog"
                            + " and net.ipv4.tcp_max_syn_backlog."));
        }
    }

    private static void cookies(Evidence evidence, Consumer<Finding> findings) {
        long now = evidence.grown("TcpExt:SyncookiesSent");
        long dropped = evidence.grown("TcpExt:TCPReqQFullDrop");
        if (now + dropped > 0) {
            findings.accept(Finding.warning(
                    "half-open-overflowing",
                    "The room for half-open connections is used up right now: " + now + " SYN cookies sent and "
                            + dropped + " requests dropped between two looks.",
                    "This is what a SYN flood looks like, or a backlog that is too small for the rate of clients.",
                    "Raise the backlog, net.core.somaxconn and net.ipv4.tcp_max_syn_backlog; filter the sources."));
        }
    }

    private static void closeWait(Evidence evidence, Consumer<Finding> findings) {
        int heap = Math.min(closeWait(evidence.before()), closeWait(evidence.now()));
        if (heap < MANY_CLOSE_WAIT) {
            return;
        }
        OptionalLong max = evidence.maxDescriptors();
        boolean half = max.isPresent() && heap >= max.getAsLong() / 2;
        String seen = heap + " connections are in CLOSE_WAIT"
                + (half ? ", half of the " + max.getAsLong() + " descriptors there may be." : ".");
        String why = "Their other ends have closed and the process has not: it leaks connections, or the threads that"
                + " would close them hang. Each holds a descriptor until the process ends.";
        String mend = "See whose they are: ss -ntp state close-wait; what hangs: jcmd " + evidence.pidText()
                + " Thread.print. Close responses" + " and client connections in finally; a restart only buys time.";
        findings.accept(
                half
                        ? Finding.critical("close-wait", seen, why, mend)
                        : Finding.warning("close-wait", seen, why, mend));
    }

    /** Those of the process, outgoing ones too; of the ports where the process is not known. */
    private static int closeWait(Look look) {
        return look.descriptors() == null
                ? look.sockets().count(TcpState.CLOSE_WAIT)
                : look.sockets().closeWaitAmong(look.descriptors().sockets());
    }

    private static void timeWait(Evidence evidence, Consumer<Finding> findings) {
        int heap = evidence.now().sockets().count(TcpState.TIME_WAIT);
        int established = evidence.now().sockets().count(TcpState.ESTABLISHED);
        OptionalLong buckets = evidence.setting("net.ipv4.tcp_max_tw_buckets");
        String mend = "Let clients and proxies keep connections (keep-alive); do not close after each response. Do not"
                + " look for tcp_tw_recycle: it broke clients behind NAT and is gone.";
        if (buckets.isPresent() && heap > 0 && heap >= buckets.getAsLong() / 2) {
            findings.accept(Finding.warning(
                    "time-wait",
                    heap + " connections of " + evidence.portText() + " are in TIME_WAIT, of " + buckets.getAsLong()
                            + " that the kernel keeps.",
                    "Beyond that the kernel forgets them early, and late packets can end up in new connections.",
                    mend));
        } else if (heap >= MANY_TIME_WAIT && heap >= TIME_WAIT_TO_ESTABLISHED * (long) established) {
            findings.accept(Finding.note(
                    "time-wait",
                    heap + " connections of " + evidence.portText() + " are in TIME_WAIT, " + established
                            + " are established.",
                    "The service closes first, and soon: each request pays for a new connection. They cost little"
                            + " memory and no descriptor.",
                    mend));
        }
    }

    private static void oneClient(Evidence evidence, Consumer<Finding> findings) {
        Map<IpAddress, Integer> clients = evidence.now().sockets().clients();
        int all = clients.values().stream().mapToInt(Integer::intValue).sum();
        clients.entrySet().stream()
                .max(Comparator.comparingInt(Map.Entry::getValue))
                .filter(most -> most.getValue() >= MANY_OF_ONE_CLIENT && most.getValue() * 2 >= all)
                .ifPresent(most -> findings.accept(Finding.note(
                        "one-client",
                        most.getValue() + " of the " + all + " connections of " + evidence.portText() + " come from "
                                + most.getKey() + ".",
                        "One client that takes the port from the others; or a proxy, behind which are many.",
                        "A client: guard.connections.max-per-client. A proxy: name it in"
                                + " guard.clients.trusted-proxies, so that those behind it are told apart.")));
    }

    /** The timer of a connection with nothing on its way is that of keepalive, or there is none. */
    private static void keepalive(Evidence evidence, Consumer<Finding> findings) {
        int idle = evidence.now().sockets().idle();
        int without = evidence.now().sockets().idleWithoutKeepalive();
        if (idle >= SOME_IDLE && without * 2 >= idle) {
            findings.accept(Finding.note(
                    "no-keepalive",
                    without + " of " + idle + " quiet connections of " + evidence.portText()
                            + " have no keepalive timer.",
                    "A client that vanished without a word keeps its connection until a timeout of the service ends"
                            + " it, if there is one.",
                    "Set SO_KEEPALIVE on what is accepted (Tomcat: the connector's socket.soKeepAlive=true; Netty:"
                            + " childOption(SO_KEEPALIVE, true)), or end idle connections:"
                            + " guard.connections.idle-timeout."));
        }
    }
}
