package io.portguard.standard;

import io.portguard.Attempt;
import io.portguard.Failure;
import io.portguard.IpAddress;
import io.portguard.NanoClock;
import io.portguard.audit.Audit;
import io.portguard.connection.DecoyPorts;
import io.portguard.connection.OpenConnections;
import io.portguard.http.HttpAttempts;
import io.portguard.rule.ClientTable;
import io.portguard.rule.Penalties;
import io.portguard.rule.ScanWatch;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * Recognises clients that scan ports: they connect to a decoy, or to several guarded ports in a short time and leave each
 * without a request. It counts against them as {@link Failure#DECOY} and {@link Failure#SCAN}. Never for those who are
 * spared, never for a whole proxy, and at a port never for those who have made requests there, so that a browser may
 * open more connections than it uses. Thread-safe.
 */
final class ScanDetection implements ScanWatch.Watcher {

    private static final System.Logger LOGGER = System.getLogger(ScanDetection.class.getName());
    private static final int REMEMBERED = 16;

    /** Who says nothing for so long and leaves has listened; a version scan does for some seconds before it asks. */
    private static final long LISTENED_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** The end of one connection and a request on the next one may be seen in either order when they are so close. */
    private static final long SEEN_TOGETHER_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** The guarded port, among the ports of this guard that are decoys. */
    private static final int GUARDED = 0;

    private final String guard;
    private final List<Integer> decoyPorts;
    private final ScanWatch watch;
    private final Penalties penalties;
    private final ClientTable clients;
    private final OpenConnections connections;
    private final HttpAttempts attempts;
    private final Audit audit;
    private final NanoClock clock;
    private final Deque<String> scanners = new ArrayDeque<>();
    private DecoyPorts decoys = new DecoyPorts(List.of());
    private boolean opened;
    private boolean closed;

    ScanDetection(
            String guard,
            List<Integer> decoyPorts,
            ScanWatch watch,
            Penalties penalties,
            ClientTable clients,
            OpenConnections connections,
            HttpAttempts attempts,
            Audit audit,
            NanoClock clock) {
        this.guard = guard;
        this.decoyPorts = decoyPorts;
        this.watch = watch;
        this.penalties = penalties;
        this.clients = clients;
        this.connections = connections;
        this.attempts = attempts;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * A connection ended before a whole request had come, without the guard having a reason of its own to end it.
     *
     * @param waitedNanos how long one had been waited for, if it was the client that ended it
     */
    void leftWithoutRequest(Attempt connection, long bytes, long waitedNanos) {
        if (penalties.spares(connection)) {
            return;
        }
        if (clients.hasAsked(connection) && !listenedFirst(connection, waitedNanos)) {
            watch.touchedAgain(this, GUARDED, connection, bytes, clock.nanoTime());
        } else {
            // Without the connection, which would be kept for as long as the client is looked at.
            watch.touched(this, GUARDED, connection.on(null), false, bytes, clock.nanoTime());
        }
    }

    /** To be asked of a client of whom a request has been seen; another thread may see it at any moment. */
    private boolean listenedFirst(Attempt connection, long waitedNanos) {
        return waitedNanos >= LISTENED_NANOS && clients.askedFirstWithin(SEEN_TOGETHER_NANOS, connection);
    }

    @Override
    public boolean isUsing(Attempt attempt) {
        return clients.hasAsked(attempt)
                && connections.areUsedBy(attempt.client().key());
    }

    /** Looks after the decoys, which it opens the first time, and judges who is suspected. */
    void round(long nowNanos) {
        lookAfterDecoys(nowNanos);
        watch.judge(nowNanos);
    }

    private synchronized void lookAfterDecoys(long nowNanos) {
        if (closed) {
            return;
        }
        if (!opened) {
            opened = true;
            decoys = new DecoyPorts(decoyPorts);
            decoys.troubles()
                    .forEach((port, why) ->
                            LOGGER.log(Level.WARNING, () -> "Guard \"" + guard + "\": " + trouble(port, why)));
        }
        decoys.poll((peer, port) -> visited(peer, port, nowNanos));
    }

    private void visited(InetAddress peer, int port, long nowNanos) {
        Attempt attempt = attempts.ofConnection(IpAddress.of(peer)).connection();
        if (penalties.spares(attempt)) {
            return;
        }
        penalties.failed(attempt, Failure.DECOY);
        recognised(attempt, "decoy port " + port);
        watch.touched(this, port, attempt, true, 0, nowNanos);
    }

    @Override
    public void scanned(Attempt attempt, int ports) {
        penalties.failed(attempt, Failure.SCAN);
        recognised(attempt, ports + " ports");
    }

    private void recognised(Attempt attempt, String how) {
        audit.scanned(attempt, how);
        String scanner = attempt.client().key() + " (" + how + ")";
        synchronized (scanners) {
            scanners.remove(scanner);
            scanners.addLast(scanner);
            if (scanners.size() > REMEMBERED) {
                scanners.removeFirst();
            }
        }
    }

    /** The last clients that were recognised, and by what. */
    List<String> scanners() {
        synchronized (scanners) {
            return List.copyOf(scanners);
        }
    }

    /** The decoy ports that are open. */
    synchronized Set<Integer> decoys() {
        return new TreeSet<>(decoys.ports());
    }

    /** What an operator should know of the decoys. */
    synchronized List<String> notices() {
        List<String> notices = new ArrayList<>();
        decoys.troubles().forEach((port, why) -> notices.add(trouble(port, why)));
        return notices;
    }

    private static String trouble(int port, String why) {
        return StandardSettings.SCANS_DECOY_PORTS + ": " + port + " cannot be opened and sees no scan: " + why;
    }

    synchronized void close() {
        closed = true;
        decoys.close();
    }
}
