package io.portguard.connection;

import io.portguard.ClientKey;
import io.portguard.NanoClock;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

/**
 * How much each client may have or do in a second, over all its connections: bytes, for instance. Thread-safe.
 *
 * <p>Each client has a bucket, which is one number as those of request rates are (the generic cell rate algorithm, ITU-T
 * I.371). What it takes is never refused here: whoever takes more than there is gets to know for how long it is over its
 * budget, behind the client's other connections that are.
 */
public final class ClientBudget {

    /*
     * A client is known here while it has connections open that have taken something, and after that until its bucket is
     * full, so that nobody gets a full one by connecting again. The latter are bounded by what they have taken, and by a
     * number beside that.
     */

    /** The rate of a budget without a limit. */
    public static final int NONE = 0;

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final int MAX_ACCOUNTS_KEPT = 100_000;

    private final NanoClock clock;
    private final ConcurrentMap<ClientKey, Account> accounts = new ConcurrentHashMap<>();
    private final long fullNanos;
    private volatile int rate = NONE;

    /** @param burst for how long a full bucket lasts at the rate at which it is filled */
    ClientBudget(NanoClock clock, Duration burst) {
        this.clock = clock;
        this.fullNanos = burst.toNanos();
    }

    /** How much a second; {@link #NONE} while there is no limit. */
    public int rate() {
        return rate;
    }

    void rate(int perSecond) {
        int before = rate;
        if (before == perSecond) {
            return;
        }
        rate = perSecond;
        long now = clock.nanoTime();
        accounts.values().forEach(account -> account.scale(before, perSecond, now));
    }

    /** What a client has; {@link #close} is to be called once for each call, when the connection has closed. */
    public Account open(ClientKey client) {
        return accounts.compute(client, (key, known) -> {
            Account account = known == null ? new Account(key, clock.nanoTime()) : known;
            account.connections++;
            return account;
        });
    }

    /** One of the client's connections has closed. */
    public void close(Account account) {
        long now = clock.nanoTime();
        boolean room = accounts.size() <= MAX_ACCOUNTS_KEPT;
        accounts.computeIfPresent(account.client, (key, known) -> {
            account.connections--;
            return room || account.connections > 0 ? unlessOver(account, now) : null;
        });
    }

    void sweep(long now) {
        for (Account account : accounts.values()) {
            if (account.isFull(now)) {
                accounts.computeIfPresent(account.client, (key, known) -> unlessOver(known, now));
            }
        }
    }

    @SuppressWarnings("NullAway") // null takes it out of the map
    private static Account unlessOver(Account account, long now) {
        return account.connections == 0 && account.isFull(now) ? null : account;
    }

    int accounts() {
        return accounts.size();
    }

    /**
     * How long somebody still waits who had to wait for so long at another rate.
     *
     * @param before a second when the wait began
     * @param nanos that are left of it
     * @return nanoseconds from now at the present rate; 0 when there is no limit
     */
    public long rescaled(int before, long nanos) {
        return scaled(before, rate, nanos);
    }

    private static long scaled(int before, int after, long nanos) {
        if (after == NONE || before == NONE) {
            return 0;
        }
        return before == after ? nanos : (long) ((double) nanos * before / after);
    }

    /** What one client takes, over all its connections. Thread-safe. */
    public final class Account {

        private static final AtomicLongFieldUpdater<Account> ARRIVAL =
                AtomicLongFieldUpdater.newUpdater(Account.class, "arrivalNanos");

        private final ClientKey client;

        /** Changed within the map's computation for its client alone. */
        private int connections;

        /** When the bucket will be full, or has been. */
        private volatile long arrivalNanos;

        private Account(ClientKey client, long now) {
            this.client = client;
            this.arrivalNanos = now;
        }

        /**
         * Takes so much.
         *
         * @param now from the guard's clock
         * @return for how many nanoseconds the client is over its budget with that; 0 when it is not
         */
        public long take(int count, long now) {
            int present = rate;
            if (present == NONE) {
                return 0;
            }
            long cost = count * SECOND / present;
            while (true) {
                long before = arrivalNanos;
                long after = (before - now > 0 ? before : now) + cost;
                if (ARRIVAL.compareAndSet(this, before, after)) {
                    return Math.max(0, after - now - fullNanos);
                }
            }
        }

        /**
         * Takes all there is and as much more as comes in a while.
         *
         * @param now from the guard's clock
         */
        public void overdraw(Duration whatComesIn, long now) {
            long after = now + fullNanos + whatComesIn.toNanos();
            long before;
            do {
                before = arrivalNanos;
            } while (before - after < 0 && !ARRIVAL.compareAndSet(this, before, after));
        }

        private boolean isFull(long now) {
            return arrivalNanos - now <= 0;
        }

        private void scale(int before, int after, long now) {
            long arrival;
            do {
                arrival = arrivalNanos;
            } while (arrival - now > 0
                    && !ARRIVAL.compareAndSet(this, arrival, now + scaled(before, after, arrival - now)));
        }
    }
}
