package io.portguard.rule;

import io.portguard.Attempt;
import io.portguard.ClientKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Recognises clients that try one port after the other: {@value #PORTS} of them within a minute, each left without a
 * request. The guards of a process may share one, so that it sees all their ports. Thread-safe; of at most ten thousand
 * clients something is remembered, and of each at most {@value #MAX_PORTS} ports.
 */
public final class ScanWatch {

    /*
     * At first sight a load balancer that tries whether ports are open is a port scan: it opens a connection to each
     * and says nothing, or says hello and leaves. What tells them apart is that the balancer comes again: to every one
     * of the ports, doing the same. So whoever has touched three ports is looked at for as long as the slowest usual
     * interval of such probes takes, and judged then. The one who came again to all is a probe, and its ports are usual
     * for it until it has stayed away for a while. A version scan comes again too, but says something else each
     * time, so that it is told by the number of bytes. A pool of connections that are not needed yet looks like a scan as
     * well, when the server loses its patience with them; whoever has a use for one by the time it is judged keeps it open.
     * A version scan, which asks in the end, does not. Nobody has a reason to try a decoy, and whoever has is not
     * waited for.
     */

    /** So many ports make a scan. */
    public static final int PORTS = 3;

    /** Ports remembered of a client. */
    static final int MAX_PORTS = 32;

    private static final int MAX_CLIENTS = 10_000;

    private static final long WINDOW_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** Between the third port and the judgement: the interval of the slowest usual probes, a minute, and some more. */
    private static final long JUDGED_AFTER_NANOS = TimeUnit.SECONDS.toNanos(90);

    /** Whoever comes again sooner may be trying the same port twice. */
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Visits to a port that follow each other faster, on average, are not those of probes. */
    private static final long BETWEEN_PROBES_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** So long a probe may stay away and still be one. */
    private static final long USUAL_NANOS = TimeUnit.MINUTES.toNanos(10);

    private static final long LOOK_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Map<ClientKey, Suspect> suspects = new ConcurrentHashMap<>();
    private final AtomicLong lookedAt = new AtomicLong(Long.MIN_VALUE);

    /** When somebody was last passed over because as many as there may be were remembered. */
    private volatile long lastFullNanos;

    private volatile boolean wasFull;

    /** Is told of scans that touched its ports: once for each, on the thread that recognised it. */
    @FunctionalInterface
    public interface Watcher {

        /**
         * A client was recognised.
         *
         * @param attempt the client's, as it was told to this watcher
         * @param ports that were touched in all
         */
        void scanned(Attempt attempt, int ports);

        /**
         * Whether a client, who left a port without a request before, is using it now.
         *
         * @param attempt the client's, as it was told to this watcher
         */
        default boolean isUsing(Attempt attempt) {
            return false;
        }
    }

    /**
     * A client connected to a port and left without a request.
     *
     * @param watcher whose port it is
     * @param port what stands for the port; its own watcher tells it from its others, 0 for the guarded one
     * @param decoy whether nobody has a reason to connect to it
     * @param bytes that came on the connection
     */
    public void touched(Watcher watcher, int port, Attempt attempt, boolean decoy, long bytes, long nowNanos) {
        ClientKey client = attempt.client().key();
        Suspect suspect = suspects.get(client);
        if (suspect == null) {
            if (suspects.size() >= MAX_CLIENTS) {
                lastFullNanos = nowNanos;
                wasFull = true;
                return;
            }
            boolean isNew = !wasFull || nowNanos - lastFullNanos > JUDGED_AFTER_NANOS;
            suspect = suspects.computeIfAbsent(client, key -> new Suspect(isNew));
        }
        Map<Watcher, Attempt> told;
        int ports;
        synchronized (suspect) {
            suspect.touched(new Place(watcher, port), attempt, decoy, bytes, nowNanos);
            ports = suspect.ports();
            told = suspect.isCaught() ? suspect.take() : Map.of();
        }
        told.forEach((whose, seen) -> whose.scanned(seen, ports));
    }

    /**
     * A client has done the same at a port that it has made requests at: this makes no suspect of it, but says of one that it
     * comes again.
     */
    public void touchedAgain(Watcher watcher, int port, Attempt attempt, long bytes, long nowNanos) {
        Suspect suspect = suspects.get(attempt.client().key());
        if (suspect != null) {
            synchronized (suspect) {
                suspect.touchedAgain(new Place(watcher, port), bytes, nowNanos);
            }
        }
    }

    /** Judges those who have been looked at for long enough; to be called every second or more often. */
    public void judge(long nowNanos) {
        long before = lookedAt.get();
        if ((before != Long.MIN_VALUE && nowNanos - before < LOOK_EVERY_NANOS)
                || !lookedAt.compareAndSet(before, nowNanos)) {
            return;
        }
        suspects.forEach((client, suspect) -> {
            Map<Watcher, Attempt> told = Map.of();
            int ports;
            boolean over;
            synchronized (suspect) {
                ports = suspect.ports();
                if (suspect.isToBeJudged(nowNanos)) {
                    told = suspect.judged();
                }
                over = suspect.isOver(nowNanos);
            }
            told.forEach((whose, seen) -> whose.scanned(seen, ports));
            if (over) {
                // What it does in this moment is the beginning of something that shows in the next.
                suspects.remove(client, suspect);
            }
        });
    }

    /** Clients that something is remembered of. */
    int clients() {
        return suspects.size();
    }

    private record Place(Watcher watcher, int port) {}

    /** What a client does at a port. Guarded by its suspect's lock. */
    private static final class Visits {

        private final Attempt attempt;
        private final boolean decoy;
        private final long bytes;
        private final long firstNanos;
        private long lastNanos;
        private int count;
        private boolean varied;
        private boolean usual;

        private Visits(Attempt attempt, boolean decoy, long bytes, long nowNanos) {
            this.attempt = attempt;
            this.decoy = decoy;
            this.bytes = bytes;
            this.firstNanos = nowNanos;
        }

        private void add(long saidBytes, long nowNanos) {
            lastNanos = nowNanos;
            count++;
            varied |= saidBytes != bytes;
            usual = isOfProbe(JUDGED_AFTER_NANOS);
        }

        /** Whether it came again, for so long, doing the same. */
        private boolean isOfProbe(long forNanos) {
            long lasted = lastNanos - firstNanos;
            return !decoy && !varied && lasted >= forNanos && count - 2 <= lasted / BETWEEN_PROBES_NANOS;
        }

        private boolean isForgotten(long nowNanos) {
            return nowNanos - lastNanos > (usual ? USUAL_NANOS : WINDOW_NANOS);
        }
    }

    /** A client that left ports without a request. Guarded by its own lock. */
    private static final class Suspect {

        private final Map<Place, Visits> visits = new HashMap<>();

        /** Whether it was not here before. Otherwise it may be a probe that was passed over, seen for the last time. */
        private final boolean isNew;

        private boolean suspected;
        private long suspectedNanos;

        private Suspect(boolean isNew) {
            this.isNew = isNew;
        }

        private void touched(Place place, Attempt attempt, boolean decoy, long bytes, long nowNanos) {
            forget(nowNanos);
            Visits at = visits.get(place);
            if (at == null) {
                if (visits.size() >= MAX_PORTS) {
                    return;
                }
                at = new Visits(attempt, decoy, bytes, nowNanos);
                visits.put(place, at);
            }
            at.add(bytes, nowNanos);
            if (!suspected && ports() >= PORTS) {
                suspected = true;
                suspectedNanos = nowNanos;
            }
        }

        private void touchedAgain(Place place, long bytes, long nowNanos) {
            Visits at = visits.get(place);
            if (at != null) {
                at.add(bytes, nowNanos);
            }
        }

        private void forget(long nowNanos) {
            if (!suspected) {
                visits.values().removeIf(at -> at.isForgotten(nowNanos));
            }
        }

        /** How many there are that it is not seen at all the time. */
        private int ports() {
            int ports = 0;
            for (Visits at : visits.values()) {
                ports += at.usual ? 0 : 1;
            }
            return ports;
        }

        private boolean isCaught() {
            return suspected && visits.values().stream().anyMatch(at -> at.decoy);
        }

        private boolean isToBeJudged(long nowNanos) {
            return suspected && nowNanos - suspectedNanos > JUDGED_AFTER_NANOS;
        }

        /** Whom to tell; nobody when it is a probe, or uses all but a few of the ports. */
        private Map<Watcher, Attempt> judged() {
            List<Visits> unused = visits.entrySet().stream()
                    .filter(at -> !at.getKey().watcher().isUsing(at.getValue().attempt))
                    .map(Map.Entry::getValue)
                    .toList();
            if (unused.size() >= PORTS && !unused.stream().allMatch(this::isOfProbe)) {
                Map<Watcher, Attempt> told = take();
                return isNew ? told : Map.of();
            }
            suspected = false;
            visits.values().forEach(at -> at.usual = true);
            return Map.of();
        }

        private boolean isOfProbe(Visits at) {
            boolean hadNoTime = at.firstNanos - suspectedNanos > 0;
            return at.usual || at.isOfProbe(AGAIN_NANOS) || (hadNoTime && !at.varied);
        }

        private Map<Watcher, Attempt> take() {
            Map<Watcher, Attempt> told = new HashMap<>();
            visits.forEach((place, at) -> told.put(place.watcher(), at.attempt));
            visits.clear();
            suspected = false;
            return told;
        }

        private boolean isOver(long nowNanos) {
            forget(nowNanos);
            return visits.isEmpty();
        }
    }
}
