package io.portguard.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.Attempts;
import io.portguard.Client;
import io.portguard.ConnectionStance;
import io.portguard.Decision;
import io.portguard.Failure;
import io.portguard.Guard;
import io.portguard.GuardListener;
import io.portguard.IpAddress;
import io.portguard.ManualClock;
import io.portguard.Mode;
import io.portguard.Outcome;
import io.portguard.Permit;
import io.portguard.Priority;
import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.Rule;
import io.portguard.Verdict;
import io.portguard.client.AddressRange;
import io.portguard.client.AddressRanges;
import io.portguard.limit.Algorithm;
import io.portguard.limit.LimitParameters;
import io.portguard.limit.Limits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two guards of the same rules, one of which is never asked what it would refuse, decide the same of a random sequence,
 * count the same, tell the same and remember the same of each client.
 */
class EarlyRefusalPropertyTest {

    private static final int STEPS = 20_000;
    private static final int CLIENTS = 12;
    private static final List<Priority> PRIORITIES = List.of(Priority.values());
    private static final List<Outcome> OUTCOMES = List.of(Outcome.values());
    private static final List<ConnectionStance> STANCES = List.of(ConnectionStance.values());

    private final ManualClock clock = new ManualClock();

    /** One of the two guards, and what is known of it. */
    private final class Side {

        private final ClientTable table = new ClientTable(1_000, clock);
        private final List<String> told = new ArrayList<>();
        private final StandardRules rules;
        private final Guard guard;
        private final List<Permit> out = new ArrayList<>();
        private int taken;

        Side(boolean foresees) {
            rules = new StandardRules(table, Limits.of(Algorithm.FIXED, limitOf(6)), 6, Room.NONE, Room.NONE, clock);
            guard = Guard.builder("test")
                    .clients(table)
                    .requestRules(watched(rules.forRequests(true), foresees))
                    .connectionRules(watched(rules.forConnections(), foresees))
                    .listener(new Told(told))
                    .clock(clock)
                    .tickInterval(Duration.ZERO)
                    .build();
        }

        private Rule[] watched(Rule[] rules, boolean foresees) {
            Runnable onCancel = () -> taken++;
            return Stream.of(rules)
                    .map(rule -> foresees ? new Foreseeing(rule, onCancel) : new Watched(rule, onCancel))
                    .toArray(Rule[]::new);
        }
    }

    /** Counts what is taken for nothing; says nothing beforehand. */
    private static class Watched implements Rule {

        final Rule rule;
        private final Runnable onCancel;

        Watched(Rule rule, Runnable onCancel) {
            this.rule = rule;
            this.onCancel = onCancel;
        }

        @Override
        public String name() {
            return rule.name();
        }

        @Override
        public boolean active() {
            return rule.active();
        }

        @Override
        public boolean judgesClient() {
            return rule.judgesClient();
        }

        @Override
        public Verdict tryAcquire(Attempt attempt, long nowNanos) {
            return rule.tryAcquire(attempt, nowNanos);
        }

        @Override
        public void cancel(Attempt attempt, long nowNanos) {
            onCancel.run();
            rule.cancel(attempt, nowNanos);
        }

        @Override
        public void release(Attempt attempt, long admittedAtNanos, long nowNanos, Outcome outcome) {
            rule.release(attempt, admittedAtNanos, nowNanos, outcome);
        }

        @Override
        public void tick(long nowNanos) {
            rule.tick(nowNanos);
        }
    }

    private static final class Foreseeing extends Watched {

        Foreseeing(Rule rule, Runnable onCancel) {
            super(rule, onCancel);
        }

        @Override
        public boolean mayRefuse(Attempt attempt, long nowNanos) {
            return rule.mayRefuse(attempt, nowNanos);
        }
    }

    private record Told(List<String> told) implements GuardListener {

        @Override
        public void admitted(Attempt attempt) {
            told.add("admitted " + attempt);
        }

        @Override
        public void rejected(Attempt attempt, Rejection rejection, boolean enforced) {
            told.add("rejected " + attempt + ": " + rejection + enforced);
        }

        @Override
        public void shadowed(Attempt attempt, String rule, Rejection rejection) {
            told.add("shadowed " + attempt + ": " + rule + rejection);
        }
    }

    private static LimitParameters limitOf(int limit) {
        return new LimitParameters(limit, 1, limit, Duration.ofMillis(20));
    }

    @ParameterizedTest
    @ValueSource(longs = {4_001, 4_002, 4_003, 4_004, 4_005, 4_006})
    void bothDecideTheSame(long seed) {
        Side ordinary = new Side(false);
        Side early = new Side(true);
        for (int step = 0; step < STEPS; step++) {
            long random = seed * STEPS + step;
            String expected = step(ordinary, new SplittableRandom(random));
            String said = step(early, new SplittableRandom(random));
            assertThat(said).as("seed %d, step %d", seed, step).isEqualTo(expected);
            assertThat(early.told).as("seed %d, step %d", seed, step).isEqualTo(ordinary.told);
            ordinary.told.clear();
            early.told.clear();
            SplittableRandom time = new SplittableRandom(~random);
            if (time.nextInt(4) == 0) {
                clock.advanceMillis(time.nextInt(30));
            }
            if (time.nextInt(50) == 0) {
                ordinary.guard.tick();
                early.guard.tick();
            }
        }
        assertTheSameIsKnown(ordinary, early, seed);
        assertThat(early.taken).as("taken for nothing").isLessThan(ordinary.taken * 4 / 5);
        for (Side side : List.of(ordinary, early)) {
            side.out.forEach(permit -> permit.release(Outcome.SUCCESS));
            assertThat(side.guard.faults()).isZero();
            for (int client = 0; client < CLIENTS; client++) {
                assertThat(state(side, client).isInProgress()).isFalse();
            }
        }
    }

    private static ClientState state(Side side, int client) {
        return (ClientState) side.guard.client(Attempts.key(client));
    }

    private void assertTheSameIsKnown(Side ordinary, Side early, long seed) {
        for (int client = 0; client < CLIENTS; client++) {
            ClientState expected = state(ordinary, client);
            ClientState known = state(early, client);
            for (Attempt.Kind kind : List.of(Attempt.Kind.REQUEST, Attempt.Kind.CONNECTION)) {
                assertThat(owed(known.bucket(kind))).as("seed %d", seed).isEqualTo(owed(expected.bucket(kind)));
                assertThat(known.inProgress(kind)).as("seed %d", seed).isEqualTo(expected.inProgress(kind));
            }
            assertThat(known.usage(clock.nanoTime())).as("seed %d", seed).isEqualTo(expected.usage(clock.nanoTime()));
        }
        for (Attempt.Kind kind : List.of(Attempt.Kind.REQUEST, Attempt.Kind.CONNECTION)) {
            assertThat(early.guard.counts(kind).active())
                    .isEqualTo(ordinary.guard.counts(kind).active());
            for (Reason reason : Reason.values()) {
                assertThat(early.guard.counts(kind).rejected(reason))
                        .isEqualTo(ordinary.guard.counts(kind).rejected(reason));
                assertThat(early.guard.counts(kind).wouldReject(reason))
                        .isEqualTo(ordinary.guard.counts(kind).wouldReject(reason));
            }
        }
    }

    /** Of two buckets that are full it does not matter which has been so for longer. */
    private long owed(long bucket) {
        return Math.max(0, bucket - clock.nanoTime());
    }

    /** Does one thing to one of the sides, the same to both if the numbers are the same. */
    private static String step(Side side, SplittableRandom random) {
        return switch (random.nextInt(40)) {
            case 0 -> tune(side, random);
            case 1, 2, 3, 4, 5, 6, 7 -> release(side, random);
            default -> admit(side, random);
        };
    }

    private static String admit(Side side, SplittableRandom random) {
        int number = random.nextInt(CLIENTS);
        Client client = side.guard.client(Attempts.key(number));
        IpAddress address = IpAddress.ofIpv4(0x0a00_0000 + number);
        Attempt attempt = random.nextInt(3) == 0
                ? Attempt.connection(client, address)
                : Attempt.request(client, address, any(PRIORITIES, random));
        Decision decision = side.guard.tryAdmit(random.nextInt(20) == 0 ? attempt.exempted() : attempt);
        if (decision instanceof Permit permit) {
            side.out.add(permit);
        }
        return decision.toString();
    }

    private static String release(Side side, SplittableRandom random) {
        if (side.out.isEmpty()) {
            return "nothing to release";
        }
        Permit permit = side.out.remove(random.nextInt(side.out.size()));
        side.rules.penalties().failed(permit.attempt(), Failure.DECOY);
        return "released " + permit.release(any(OUTCOMES, random));
    }

    private static String tune(Side side, SplittableRandom random) {
        StandardRules rules = side.rules;
        int what = random.nextInt(16);
        switch (what) {
            case 0 ->
                rules.clientRate(random.nextBoolean() ? null : 1 + random.nextDouble(200), 1 + random.nextDouble(9));
            case 1 ->
                rules.acceptRate(random.nextBoolean() ? null : 1 + random.nextDouble(200), 1 + random.nextDouble(9));
            case 2 -> rules.clientAcceptRate(random.nextBoolean() ? null : 1 + random.nextDouble(200), null);
            case 3 -> rules.maxRequestsOfClient(random.nextBoolean() ? null : 1 + random.nextInt(4));
            case 4 -> rules.maxConnectionsOfClient(random.nextBoolean() ? null : 1 + random.nextInt(4));
            case 5 -> rules.maxConnections(1 + random.nextInt(12));
            case 6 -> rules.limit(limitOf(1 + random.nextInt(12)));
            case 7 -> rules.fairShare(random.nextBoolean());
            case 8, 9 -> rules.shed(1, random.nextBoolean() ? 0 : random.nextDouble());
            case 10 -> rules.shedNothing();
            case 11 -> rules.stance(any(STANCES, random));
            case 12 -> rules.access(AddressRanges.NONE, denied(random));
            case 13 -> rules.penalties().policy(policy(random));
            case 14 -> side.guard.shadow(random.nextInt(4) > 0 ? Set.of() : Set.of("client-rate", "concurrency"));
            default -> side.guard.mode(random.nextInt(4) > 0 ? Mode.ENFORCE : Mode.SHADOW);
        }
        side.guard.refresh();
        return "tuned " + what;
    }

    private static <T> T any(List<T> choices, SplittableRandom random) {
        return choices.get(random.nextInt(choices.size()));
    }

    private static AddressRanges denied(SplittableRandom random) {
        return random.nextBoolean()
                ? AddressRanges.NONE
                : new AddressRanges(List.of(AddressRange.of(IpAddress.ofIpv4(0x0a00_0000), 126)));
    }

    private static PenaltyPolicy policy(SplittableRandom random) {
        return random.nextBoolean()
                ? PenaltyPolicy.NONE
                : new PenaltyPolicy(
                        20, 60, 600, 20, Duration.ofSeconds(1), List.of(PenaltyWeight.of(Failure.DECOY, 2)));
    }
}
