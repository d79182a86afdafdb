package io.portguard.connection;

import io.portguard.ClientKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Chooses whose connection goes when there is no room for another, or no place for a request. Thread-safe; one chooses at a time, and who comes meanwhile is
 * told that there is no room.
 */
final class Reclaim {

    /*
     * The waiting connections of each client are ranked, the youngest being the first. Those of the highest rank go
     * first: they are the oldest ones of whoever holds most, and as they go, the holdings level out from above.
     * Nobody loses one to a newcomer that holds as many itself, so that a client that fills the port by itself finds
     * it full, while all others find room. Where everybody holds one, who has none yet takes the place that has been
     * of no use for longest.
     *
     * Ranking takes a look at thousands of connections, so what it finds is used for as long as it lasts, and not
     * longer than a tenth of a second. It looks at a bounded number and goes on from there the next time: of a larger
     * port it sees a sample, in which whoever holds most of the port holds most.
     */

    private static final int LOOKED_AT = 4_096;
    private static final int CHOSEN_PART = 16;
    private static final long FRESH_NANOS = Duration.ofMillis(100).toNanos();

    private final Iterable<OpenConnection> open;
    private final Choice which;
    private final int spared;
    private final Ranked told;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<ClientKey, Integer> held = new HashMap<>();
    private List<Candidate> candidates = List.of();
    private int next;
    private boolean ranked;
    private long rankedAtNanos;

    /** Asked without the lock, by everybody who is refused. */
    private volatile long nothingUntilNanos = Long.MIN_VALUE / 2; // before every time

    private Iterator<OpenConnection> rest;

    /**
     * Chooses among connections.
     *
     * @param which of them may go, given their state and the time
     * @param spared how many more than the newcomer a client may hold without losing any
     * @param told is told of each ranking
     */
    Reclaim(Iterable<OpenConnection> open, Choice which, int spared, Ranked told) {
        this.open = open;
        this.which = which;
        this.spared = spared;
        this.told = told;
        this.rest = open.iterator();
    }

    /** Whether nothing was found when it was last looked, a moment ago. */
    boolean hasNothing(long now) {
        return nothingUntilNanos - now > 0;
    }

    boolean makeRoomFor(ClientKey newcomer, long now, Ending ending) {
        if (hasNothing(now) || !lock.tryLock()) {
            return false;
        }
        try {
            // The second time, if there is one, with a fresh ranking.
            for (boolean fresh = false; !fresh; ) {
                if (!ranked || isUsedUp() || now - rankedAtNanos > FRESH_NANOS) {
                    rank(now);
                    fresh = true;
                }
                if (endOne(newcomer, now, ending)) {
                    return true;
                }
                if (!isUsedUp()) {
                    return false;
                }
            }
            return false;
        } finally {
            lock.unlock();
        }
    }

    private boolean isUsedUp() {
        return !candidates.isEmpty() && next >= candidates.size();
    }

    private boolean endOne(ClientKey newcomer, long now, Ending ending) {
        int own = held.getOrDefault(newcomer, 0);
        while (next < candidates.size()) {
            Candidate candidate = candidates.get(next);
            if (candidate.rank() <= own + spared) {
                return false;
            }
            next++;
            if (which.allows(candidate.connection(), candidate.state(), now)
                    && ending.end(candidate.connection(), candidate.state(), now)) {
                held.merge(candidate.connection().holder(), -1, Integer::sum);
                held.merge(newcomer, 1, Integer::sum);
                return true;
            }
        }
        return false;
    }

    private void rank(long now) {
        ranked = true;
        rankedAtNanos = now;
        next = 0;
        held.clear();
        List<Candidate> waiting = waiting(now);
        waiting.sort(Comparator.comparingLong(Candidate::waitingSince).reversed());
        waiting.replaceAll(
                candidate -> candidate.ranked(held.merge(candidate.connection().holder(), 1, Integer::sum)));
        waiting.sort(Comparator.comparingInt(Candidate::rank).reversed().thenComparingLong(Candidate::waitingSince));
        candidates = List.copyOf(waiting.subList(0, (waiting.size() + CHOSEN_PART - 1) / CHOSEN_PART));
        nothingUntilNanos = candidates.isEmpty() ? now + FRESH_NANOS : now;
        if (candidates.isEmpty()) {
            told.ranked(0, null, 0, now);
        } else {
            Candidate first = candidates.get(0);
            told.ranked(held.size(), first.connection().holder(), first.rank(), now);
        }
    }

    private List<Candidate> waiting(long now) {
        List<Candidate> waiting = new ArrayList<>();
        boolean begunAnew = false;
        for (int i = 0; i < LOOKED_AT; i++) {
            if (!rest.hasNext()) {
                if (begunAnew) {
                    break;
                }
                begunAnew = true;
                rest = open.iterator();
                i = 0;
                waiting.clear();
                continue;
            }
            OpenConnection connection = rest.next();
            long state = connection.state();
            if (which.allows(connection, state, now)) {
                waiting.add(new Candidate(connection, state, 0));
            }
        }
        return waiting;
    }

    /** A connection that waited when it was looked at; of its client's, the rank-th youngest. */
    private record Candidate(OpenConnection connection, long state, int rank) {

        long waitingSince() {
            return OpenConnection.since(state);
        }

        Candidate ranked(int rank) {
            return new Candidate(connection, state, rank);
        }
    }

    /** Tells whether a connection in this state may go. */
    @FunctionalInterface
    interface Choice {
        boolean allows(OpenConnection connection, long observed, long now);
    }

    /** Is told what a ranking has found. */
    @FunctionalInterface
    interface Ranked {

        /**
         * What was found.
         *
         * @param clients how many have connections that may go
         * @param heaviest the one of them that has most; null when none has any
         * @param held how many that has
         */
        void ranked(int clients, @Nullable ClientKey heaviest, int held, long now);
    }

    /** Ends a connection that is still as it was observed. */
    @FunctionalInterface
    interface Ending {
        boolean end(OpenConnection connection, long observed, long now);
    }
}
