package io.portguard.rule;

import io.portguard.Attempt;
import io.portguard.Client;
import io.portguard.ClientKey;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

/**
 * What the rules remember of one client, in a few words changed by compare-and-set. Nothing here is shared
 * between clients.
 */
final class ClientState implements Client {

    private static final AtomicLongFieldUpdater<ClientState> REQUEST_BUCKET =
            AtomicLongFieldUpdater.newUpdater(ClientState.class, "requestBucket");

    private static final AtomicLongFieldUpdater<ClientState> ACCEPT_BUCKET =
            AtomicLongFieldUpdater.newUpdater(ClientState.class, "acceptBucket");

    static final AtomicIntegerFieldUpdater<ClientState> REQUESTS =
            AtomicIntegerFieldUpdater.newUpdater(ClientState.class, "requests");

    static final AtomicIntegerFieldUpdater<ClientState> CONNECTIONS =
            AtomicIntegerFieldUpdater.newUpdater(ClientState.class, "connections");

    private static final AtomicLongFieldUpdater<ClientState> USAGE =
            AtomicLongFieldUpdater.newUpdater(ClientState.class, "usage");

    private static final AtomicIntegerFieldUpdater<ClientState> SEEN_IN =
            AtomicIntegerFieldUpdater.newUpdater(ClientState.class, "seenIn");

    private static final AtomicIntegerFieldUpdater<ClientState> SCORE =
            AtomicIntegerFieldUpdater.newUpdater(ClientState.class, "score");

    /** The unit in which it is remembered when a client was answered well: a second, near enough. */
    private static final int GOOD_UNIT_BITS = 30;

    /** The unit in which it is remembered when a client made its first request: an eighth of a second, near enough. */
    private static final int ASKED_UNIT_BITS = 27;

    private static final short NEVER = 0;

    /** Before anybody would want to know when; it keeps a time from coming round again. */
    private static final short LONG_AGO = 1;

    /** Less than this is no use: one request of 10 ms, half a second ago. */
    private static final double FADED = 0.01;

    private static final double NANOS_PER_SECOND = 1e9;

    private static final long SETTLED_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final ClientKey key;

    /** The theoretical arrival time of the client's next request; see {@link TokenBucket}. */
    private volatile long requestBucket;

    /** The theoretical arrival time of the client's next connection. */
    private volatile long acceptBucket;

    private volatile long usage;
    private volatile int requests;
    private volatile int connections;
    private volatile int seenIn;

    /** See {@link Score}. */
    private volatile int score;

    /** When the client was last answered well, in {@link #GOOD_UNIT_BITS units}; 0 for never. */
    private volatile int goodAt;

    /** When it made its first request since it is known, in {@link #ASKED_UNIT_BITS units}, or one of the two below. */
    private volatile short askedAt = NEVER;

    private volatile boolean forgotten;

    ClientState(ClientKey key, long nowNanos) {
        this.key = key;
        this.requestBucket = nowNanos;
        this.acceptBucket = nowNanos;
        this.usage = Usage.none(nowNanos);
    }

    @Override
    public ClientKey key() {
        return key;
    }

    /** Whether this is no longer what is known of the client; one that a connection holds may have been forgotten. */
    boolean isForgotten() {
        return forgotten;
    }

    /**
     * Forgets the client, for good, unless something of it is in progress; returns whether it did. Whoever counts
     * something up must look at {@link #isForgotten} afterwards, and count it down again if it is.
     */
    boolean forget() {
        // Each side writes before it reads what the other writes, so at least one of the two notices.
        forgotten = true;
        if (isInProgress()) {
            forgotten = false;
            return false;
        }
        return true;
    }

    boolean isInProgress() {
        return requests > 0 || connections > 0;
    }

    /**
     * How much the client owes, as the time until it will be like one that was never seen; zero or less when it is
     * already. Of two, the one who has taken more than its due owes more.
     */
    long owesNanos(long nowNanos) {
        double used = usage(nowNanos);
        long usedNanos = used < FADED ? 0 : (long) (used * NANOS_PER_SECOND);
        long bucketNanos = Math.max(requestBucket - nowNanos, acceptBucket - nowNanos);
        return Math.max(scoreNanos(nowNanos), Math.max(usedNanos, bucketNanos));
    }

    /** Adds to the client's score, and returns what it is then. */
    long punish(long penaltyNanos, long nowNanos) {
        while (true) {
            int before = score;
            int after = Score.plus(before, penaltyNanos, nowNanos);
            if (SCORE.compareAndSet(this, before, after)) {
                return Score.nanosLeft(after, nowNanos);
            }
        }
    }

    /** The client's penalties, as the time in which they will be forgiven. */
    long scoreNanos(long nowNanos) {
        return Score.nanosLeft(score, nowNanos);
    }

    void forgive() {
        score = Score.NONE;
    }

    /** Drops a score that is forgiven, and when it first asked; to be called once in two hours at least. */
    void settle(long nowNanos) {
        int present = score;
        if (present != Score.NONE && Score.nanosLeft(present, nowNanos) == 0) {
            SCORE.compareAndSet(this, present, Score.NONE);
        }
        if (askedAt != NEVER && !askedFirstWithin(SETTLED_NANOS, nowNanos)) {
            askedAt = LONG_AGO;
        }
    }

    /** Something of the client was answered well. */
    void good(long nowNanos) {
        int unit = goodUnit(nowNanos);
        if (goodAt != unit) {
            goodAt = unit;
        }
    }

    /** Whether something of the client was answered well within so many nanoseconds before. */
    boolean wasGood(long withinNanos, long nowNanos) {
        int at = goodAt;
        return at != 0 && goodUnit(nowNanos) - at <= (int) (withinNanos >> GOOD_UNIT_BITS);
    }

    private static int goodUnit(long nanos) {
        int unit = (int) (nanos >> GOOD_UNIT_BITS);
        return unit == 0 ? 1 : unit;
    }

    void asks(long nowNanos) {
        if (askedAt == NEVER) {
            askedAt = askedUnit(nowNanos);
        }
    }

    boolean hasAsked() {
        return askedAt != NEVER;
    }

    /** Whether it made its first request within so many nanoseconds before, a minute at most. */
    boolean askedFirstWithin(long nanos, long nowNanos) {
        short at = askedAt;
        int unitsAgo = Short.toUnsignedInt((short) (askedUnit(nowNanos) - at));
        return at != NEVER && at != LONG_AGO && unitsAgo <= (int) (nanos >> ASKED_UNIT_BITS);
    }

    private static short askedUnit(long nanos) {
        short unit = (short) (nanos >> ASKED_UNIT_BITS);
        return unit == NEVER || unit == LONG_AGO ? (short) 2 : unit;
    }

    /** How long ago something of the client last began or ended; right up to 26 days. */
    long notSeenForNanos(long nowNanos) {
        return Usage.ageNanos(usage, nowNanos);
    }

    /*
     * Each of these names its field's updater by itself: only one that is a constant where it is used costs nothing
     * beside the instruction it stands for.
     */

    /** The arrival time that a bucket of this kind of attempt consists of. */
    long bucket(Attempt.Kind kind) {
        return kind == Attempt.Kind.REQUEST ? requestBucket : acceptBucket;
    }

    boolean moveBucket(Attempt.Kind kind, long before, long after) {
        return kind == Attempt.Kind.REQUEST
                ? REQUEST_BUCKET.compareAndSet(this, before, after)
                : ACCEPT_BUCKET.compareAndSet(this, before, after);
    }

    /** How much of this kind is in progress. */
    int inProgress(Attempt.Kind kind) {
        return kind == Attempt.Kind.REQUEST ? requests : connections;
    }

    /** One more of this kind is in progress, if there are still so many; returns whether it is. */
    boolean beginAfter(Attempt.Kind kind, int before) {
        return kind == Attempt.Kind.REQUEST
                ? REQUESTS.compareAndSet(this, before, before + 1)
                : CONNECTIONS.compareAndSet(this, before, before + 1);
    }

    /** One more of this kind is in progress; returns how many were before. */
    int begin(Attempt.Kind kind) {
        return kind == Attempt.Kind.REQUEST ? REQUESTS.getAndIncrement(this) : CONNECTIONS.getAndIncrement(this);
    }

    /** One of this kind has ended. */
    void end(Attempt.Kind kind) {
        if (kind == Attempt.Kind.REQUEST) {
            REQUESTS.getAndDecrement(this);
        } else {
            CONNECTIONS.getAndDecrement(this);
        }
    }

    int requests() {
        return requests;
    }

    int connections() {
        return connections;
    }

    /** What the client has used lately, as requests in progress on average; see {@link Usage}. */
    double usage(long nowNanos) {
        return Usage.at(usage, requests, nowNanos);
    }

    /**
     * Brings the usage up to date, to {@link Usage}'s unit of time, and returns it; to be called before the number of
     * requests in progress changes.
     */
    double accrue(long nowNanos) {
        long before = usage;
        if (Usage.isOfNow(before, nowNanos)) {
            return Usage.value(before);
        }
        long after = Usage.accrued(before, requests, nowNanos);
        // Whoever loses this race was overtaken by one that brought it up to date.
        USAGE.compareAndSet(this, before, after);
        return Usage.value(after);
    }

    /** Whether this is the first time the client is seen in this period. */
    boolean seenFirstIn(int period) {
        int before = seenIn;
        return before != period && SEEN_IN.compareAndSet(this, before, period);
    }

    @Override
    public String toString() {
        return key.toString();
    }
}
