package io.portguard.rule;

import io.portguard.Attempt;
import io.portguard.ClientKey;
import io.portguard.NanoClock;
import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.Rule;
import io.portguard.Verdict;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Refuses clients that are banned, until their ban is over. Bans are kept apart from the client table: however
 * many addresses a flood comes from, none is forgotten early. Inactive while nobody is banned.
 */
public final class BanRule implements Rule {

    /** How many bans there can be at a time. */
    public static final int MAX_BANS = 100_000;

    /** The longest ban, in seconds: a year. */
    public static final long MAX_SECONDS = TimeUnit.DAYS.toSeconds(366);

    private static final double NANOS_PER_SECOND = 1e9;

    private final Map<ClientKey, Long> untilNanos = new ConcurrentHashMap<>();
    private final NanoClock clock;

    public BanRule(NanoClock clock) {
        this.clock = clock;
    }

    /**
     * Bans a client from now on.
     *
     * @param seconds how long, 1 to {@link #MAX_SECONDS}
     * @throws IllegalArgumentException when the time is outside its range, or there are too many bans already
     */
    public void ban(ClientKey client, long seconds) {
        if (seconds < 1 || seconds > MAX_SECONDS) {
            throw new IllegalArgumentException(
                    "seconds: " + seconds + " (expected: a whole number from 1 to " + MAX_SECONDS + ")");
        }
        if (untilNanos.size() >= MAX_BANS && !untilNanos.containsKey(client)) {
            throw new IllegalArgumentException(
                    "client: " + client + " (expected: fewer than " + MAX_BANS + " bans at a time)");
        }
        untilNanos.put(client, clock.nanoTime() + TimeUnit.SECONDS.toNanos(seconds));
    }

    /** Ends a ban; returns whether there was one. */
    public boolean unban(ClientKey client) {
        return untilNanos.remove(client) != null;
    }

    /** Who is banned, and for how many seconds more. */
    public Map<String, Long> bans() {
        long now = clock.nanoTime();
        Map<String, Long> bans = new TreeMap<>();
        untilNanos.forEach((client, until) ->
                bans.put(client.toString(), Math.max(0, (long) Math.ceil((until - now) / NANOS_PER_SECOND))));
        return bans;
    }

    @Override
    public String name() {
        return Reason.BANNED.text();
    }

    @Override
    public boolean active() {
        return !untilNanos.isEmpty();
    }

    @Override
    public boolean judgesClient() {
        return true;
    }

    @Override
    public Verdict tryAcquire(Attempt attempt, long now) {
        Long until = untilNanos.get(attempt.client().key());
        if (until == null || until - now <= 0) {
            return Verdict.pass();
        }
        return Rejection.of(Reason.BANNED, (long) Math.ceil((until - now) / NANOS_PER_SECOND));
    }

    @Override
    public void tick(long now) {
        untilNanos.values().removeIf(until -> until - now <= 0);
    }
}
