package io.portguard.rule;

import io.portguard.Attempt;
import io.portguard.ClientKey;
import io.portguard.NanoClock;
import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.Verdict;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Refuses clients that are banned, until their ban is over. Bans are kept apart from the client table: however
 * many addresses a flood comes from, none is forgotten early. Inactive while nobody is banned.
 */
public final class BanRule implements TakesNothing {

    /** How many bans there can be at a time. */
    public static final int MAX_BANS = 100_000;

    /** The longest ban, in seconds: a year. */
    public static final long MAX_SECONDS = TimeUnit.DAYS.toSeconds(366);

    /** The longest ban for failures. */
    static final long MAX_NANOS_FOR_FAILURES = TimeUnit.DAYS.toNanos(1);

    private static final double NANOS_PER_SECOND = 1e9;

    private final Map<ClientKey, Ban> bans = new ConcurrentHashMap<>();
    private final AtomicLong changes = new AtomicLong();
    private final NanoClock clock;
    private final Spared spared;

    BanRule(NanoClock clock, Spared spared) {
        this.clock = clock;
        this.spared = spared;
    }

    /**
     * A ban.
     *
     * @param untilNanos on the guard's clock
     * @param forFailures whether it is known for as long again after its end, so that the next one is longer
     */
    public record Ban(long untilNanos, long lengthNanos, boolean forFailures) {

        boolean isOver(long now) {
            return untilNanos - now <= 0;
        }

        boolean isForgotten(long now) {
            return untilNanos + (forFailures ? lengthNanos : 0) - now <= 0;
        }
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
        if (isFullFor(client)) {
            throw new IllegalArgumentException(
                    "client: " + client + " (expected: fewer than " + MAX_BANS + " bans at a time)");
        }
        long length = TimeUnit.SECONDS.toNanos(seconds);
        bans.put(client, new Ban(clock.nanoTime() + length, length, false));
        changes.incrementAndGet();
    }

    /** How often bans were made or ended before their time. */
    public long changes() {
        return changes.get();
    }

    /** The bans as they are, with those for failures that are over and not forgotten. */
    public Map<ClientKey, Ban> all() {
        return Map.copyOf(bans);
    }

    /** Has bans of before hold again; those that there is no room for, or whose time is over, are left out. */
    public void restore(Map<ClientKey, Ban> before) {
        long now = clock.nanoTime();
        before.forEach((client, ban) -> {
            if (!ban.isForgotten(now) && !isFullFor(client)) {
                bans.put(client, ban);
            }
        });
    }

    /**
     * Bans a client for its failures, unless it is banned already or there are too many bans: for twice as long as
     * before when its last such ban has not been over for longer than it lasted, up to a day. Returns for how many
     * seconds; 0 when it made no ban.
     */
    long banForFailures(ClientKey client, long firstNanos, long now) {
        if (isFullFor(client)) {
            return 0;
        }
        long[] seconds = new long[1];
        bans.compute(client, (key, before) -> {
            if (before != null && !before.isOver(now)) {
                return before;
            }
            Ban ban = next(before, firstNanos, now);
            seconds[0] = TimeUnit.NANOSECONDS.toSeconds(ban.lengthNanos);
            changes.incrementAndGet();
            return ban;
        });
        return seconds[0];
    }

    private static Ban next(@Nullable Ban before, long firstNanos, long now) {
        long longer = before == null || !before.forFailures || before.isForgotten(now) ? 0 : before.lengthNanos * 2;
        long length = Math.max(firstNanos, Math.min(longer, MAX_NANOS_FOR_FAILURES));
        return new Ban(now + length, length, true);
    }

    private boolean isFullFor(ClientKey client) {
        return bans.size() >= MAX_BANS && !bans.containsKey(client);
    }

    /** Ends a ban; returns whether there was one. */
    public boolean unban(ClientKey client) {
        Ban ban = bans.remove(client);
        changes.incrementAndGet();
        return ban != null && !ban.isOver(clock.nanoTime());
    }

    /** Who is banned, and for how many seconds more. */
    public Map<String, Long> bans() {
        long now = clock.nanoTime();
        Map<String, Long> seconds = new TreeMap<>();
        bans.forEach((client, ban) -> {
            if (!ban.isOver(now)) {
                seconds.put(client.toString(), (long) Math.ceil((ban.untilNanos - now) / NANOS_PER_SECOND));
            }
        });
        return seconds;
    }

    @Override
    public String name() {
        return Reason.BANNED.text();
    }

    @Override
    public boolean active() {
        return !bans.isEmpty();
    }

    @Override
    public boolean judgesClient() {
        return true;
    }

    @Override
    public Verdict tryAcquire(Attempt attempt, long now) {
        Ban ban = bans.get(attempt.client().key());
        // One whose prefix group holds somebody who is spared is banned without that one.
        if (ban == null || ban.isOver(now) || (ban.forFailures && spared.contains(attempt))) {
            return Verdict.pass();
        }
        return Rejection.of(Reason.BANNED, (long) Math.ceil((ban.untilNanos - now) / NANOS_PER_SECOND));
    }

    @Override
    public void tick(long now) {
        bans.values().removeIf(ban -> ban.isForgotten(now));
    }
}
