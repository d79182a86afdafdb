package io.portguard.benchmarks.load;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What an {@link OpenLoop} sends: who, when, and how patient the clients are.
 *
 * @param port the server's port on 127.0.0.1
 * @param groups the clients
 * @param phases the rates, one stretch of time after the other without a pause
 * @param deadline an answer later than this, counted from when its request was due, is of no use
 * @param giveUp after this time, counted likewise, a client closes its connection and forgets the request
 * @param maxConnections how many connections all clients together may have open
 * @param slot the resolution of the time series
 */
public record LoadPlan(
        int port,
        List<ClientGroup> groups,
        List<Phase> phases,
        Duration deadline,
        Duration giveUp,
        int maxConnections,
        Duration slot) {

    public static final Duration DEADLINE = Duration.ofMillis(200);
    public static final Duration GIVE_UP = Duration.ofSeconds(1);
    public static final int MAX_CONNECTIONS = 6_000;
    public static final Duration SLOT = Duration.ofMillis(250);

    public LoadPlan {
        groups = List.copyOf(groups);
        phases = List.copyOf(phases);
        if (groups.isEmpty() || phases.isEmpty()) {
            throw new IllegalArgumentException("a plan needs a group and a phase");
        }
        if (deadline.compareTo(giveUp) > 0) {
            throw new IllegalArgumentException("deadline: " + deadline + " (expected: at most giveUp, " + giveUp + ")");
        }
        Set<String> names = new HashSet<>();
        groups.forEach(group -> {
            if (!names.add(group.name())) {
                throw new IllegalArgumentException("group " + group.name() + " is there twice");
            }
        });
        Set<String> phaseNames = new HashSet<>();
        for (Phase phase : phases) {
            if (!phaseNames.add(phase.name())) {
                throw new IllegalArgumentException("phase " + phase.name() + " is there twice");
            }
            if (phase.length().toNanos() % slot.toNanos() != 0) {
                throw new IllegalArgumentException("length of " + phase.name() + ": " + phase.length()
                        + " (expected: a multiple of " + slot + ")");
            }
            if (!names.containsAll(phase.rates().keySet())) {
                throw new IllegalArgumentException("rates of " + phase.name() + ": "
                        + phase.rates().keySet() + " (expected: groups out of " + names + ")");
            }
        }
    }

    /** A plan with the usual patience: deadline 200 ms, clients that give up after a second. */
    public LoadPlan(int port, List<ClientGroup> groups, List<Phase> phases) {
        this(port, groups, phases, DEADLINE, GIVE_UP, MAX_CONNECTIONS, SLOT);
    }

    public Duration length() {
        return phases.stream().map(Phase::length).reduce(Duration.ZERO, Duration::plus);
    }
}
