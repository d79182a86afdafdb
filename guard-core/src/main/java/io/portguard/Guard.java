package io.portguard;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The admission controller of one port: it asks its rules whether a connection or a request may go on.
 * Thread-safe.
 *
 * <pre>{@code
 * if (guard.tryAdmit(attempt) instanceof Permit permit) serve(permit); // permit.release(outcome) when it has ended
 * else refuse(...);                                                    // the rejection says why
 * }</pre>
 *
 * <p>A guard fails open: a rule or a listener that throws is passed over, counted and logged once a second at
 * most, and the attempt goes on.
 */
public final class Guard implements AutoCloseable {

    /** How often the housekeeper ticks unless told otherwise. */
    public static final Duration TICK_INTERVAL = Duration.ofMillis(50);

    /** Of the ticks of a guard that nobody asks anything and that has nothing in progress, one in so many does its work. */
    private static final int IDLE_TICKS = 4;

    /** How long the housekeeper rests between two rounds of what may take its time. */
    private static final Duration SLOW_PAUSE = Duration.ofMillis(200);

    private final String name;
    private final NanoClock clock;
    private final ClientDirectory clients;
    private final RuleChain connections;
    private final RuleChain handshakes;
    private final RuleChain requests;
    private final Faults faults;
    private final List<LongConsumer> chores;
    private final List<LongConsumer> slowChores;
    private final @Nullable Housekeeper housekeeper;
    private volatile Mode mode = Mode.ENFORCE;
    private volatile Set<String> shadowed = Set.of();

    /** For the housekeeper alone. */
    private long decidedBefore;

    private int idleTicks;

    private Guard(Builder builder) {
        name = builder.name;
        clock = builder.clock;
        clients = builder.clients;
        chores = List.copyOf(builder.chores);
        slowChores = List.copyOf(builder.slowChores);
        faults = new Faults(name, clock);
        connections = new RuleChain(builder.connectionRules, builder.listeners, clock, faults);
        handshakes = new RuleChain(builder.handshakeRules, builder.listeners, clock, faults);
        requests = new RuleChain(builder.requestRules, builder.listeners, clock, faults);
        housekeeper = builder.tickInterval.isZero()
                ? null
                : new Housekeeper(name, this::tickIfDue, builder.tickInterval.toNanos());
        if (housekeeper != null) {
            for (LongConsumer chore : slowChores) {
                housekeeper.alsoSlowly(name, () -> run(List.of(chore), clock.nanoTime()), SLOW_PAUSE.toNanos());
            }
        }
    }

    /** A builder of a guard with this name, which says in logs, metrics and JMX which port it guards. */
    public static Builder builder(String name) {
        return new Builder(name);
    }

    public String name() {
        return name;
    }

    /** The client of this key, to be kept for as long as its connection lasts. */
    public Client client(ClientKey key) {
        return clients.client(key);
    }

    /** Decides whether an attempt may go on; a {@link Permit} must be released when it has ended. */
    public Decision tryAdmit(Attempt attempt) {
        return chain(attempt.kind()).tryAdmit(attempt, mode);
    }

    /**
     * Decides like {@link #tryAdmit(Attempt)}, without reading the clock and without an object for the permit: for an
     * adapter that decides on every request of a connection and hands its permits to nobody else.
     *
     * @param spent a permit that this guard gave to the same adapter for an attempt of the same kind, to be given anew if
     *     it is released; null for a new one
     * @param nowNanos the time, just read from {@link #clock()}
     */
    public Decision tryAdmit(Attempt attempt, @Nullable Permit spent, long nowNanos) {
        return chain(attempt.kind()).tryAdmit(attempt, mode, spent, nowNanos);
    }

    /**
     * Decides about a connection that was admitted as {@linkplain Attempt#ofProxy() a proxy's}, now that it is known
     * whose it is: the rules about clients are asked, those about the port have been. A {@link Permit} must be
     * released beside the one that the connection was admitted with; it counts as no connection of its own.
     *
     * @param attempt the connection as that of its client
     */
    public Decision identify(Attempt attempt) {
        return connections.identify(attempt, mode);
    }

    /**
     * Decides about a request that was admitted by its address, now that it is known who makes it: the rules about
     * clients give back what they hold for the address and are asked for the client. In shadow mode they hold nothing for
     * one that they would refuse.
     *
     * @param admitted which is for this attempt from now on, and is released as ever, whatever is decided; not one that is
     *     given anew by {@link #tryAdmit(Attempt, Permit, long)}
     * @param attempt the same as that of its client
     * @return the same permit, or why the request is not to go on
     */
    public Decision identify(Permit admitted, Attempt attempt) {
        return chain(attempt.kind()).identify(admitted, attempt, mode);
    }

    /**
     * Refuses an attempt that was admitted, for what an adapter has found out about it since. Its permit is released
     * as ever.
     *
     * @param own the mode of what refuses; the weaker of it and the guard's holds
     * @return whether the attempt is not to go on; false in shadow mode, which only counts it, and in mode off
     */
    public boolean refuse(Attempt attempt, Rejection rejection, Mode own) {
        return chain(attempt.kind()).refuseAdmitted(attempt, rejection, mode.atMost(own));
    }

    private RuleChain chain(Attempt.Kind kind) {
        return kind == Attempt.Kind.REQUEST ? requests : kind == Attempt.Kind.CONNECTION ? connections : handshakes;
    }

    public Mode mode() {
        return mode;
    }

    /** Takes effect for the next decision; permits that are out are released as they were given. */
    public void mode(Mode mode) {
        this.mode = mode;
    }

    /**
     * Has these rules refuse nothing by themselves, from the next decision on, and all others what they refuse. What one
     * of them would have refused is counted as would-reject unless another rule refuses it, goes on, and is held by the
     * other rules as what is admitted.
     *
     * @param rules by {@linkplain Rule#name() name}; one that no rule has means nothing
     */
    public void shadow(Set<String> rules) {
        shadowed = Set.copyOf(rules);
        connections.shadow(shadowed);
        handshakes.shadow(shadowed);
        requests.shadow(shadowed);
    }

    /** Whether the rule of this name refuses nothing, by itself or with the guard. */
    public boolean isShadowed(String rule) {
        return mode == Mode.SHADOW || shadowed.contains(rule);
    }

    /** What was decided about one kind of attempt. */
    public DecisionCounts counts(Attempt.Kind kind) {
        return chain(kind).counts();
    }

    /**
     * Records that an adapter failed on the guard's behalf and let an attempt go on: counted, and logged once a
     * second at most.
     *
     * @param where what failed, as the beginning of "… failed and was passed over"
     */
    public void fault(String where, Throwable fault) {
        faults.record(where, fault);
    }

    /** How often a rule, a listener or a chore of this guard has thrown. */
    public long faults() {
        return faults.count();
    }

    public NanoClock clock() {
        return clock;
    }

    /** Finds out anew which rules are active, after one of them was configured; each tick does so as well. */
    public void refresh() {
        connections.refresh();
        handshakes.refresh();
        requests.refresh();
    }

    /** Does the work of one tick; for guards built without a thread of their own. */
    public void tick() {
        long now = clock.nanoTime();
        run(chores, now);
        connections.tick(now);
        handshakes.tick(now);
        requests.tick(now);
    }

    /** A tick of the housekeeper, which a guard that has nothing to do mostly passes over. */
    void tickIfDue() {
        long decided = connections.counts().decided()
                + handshakes.counts().decided()
                + requests.counts().decided();
        boolean idle = decided == decidedBefore && requests.counts().active() == 0;
        decidedBefore = decided;
        idleTicks = idle ? idleTicks + 1 : 0;
        if (idleTicks % IDLE_TICKS == 0) {
            tick();
        }
    }

    /** Does a round of what may take its time; for guards built without a thread of their own. */
    public void tickSlowly() {
        run(slowChores, clock.nanoTime());
    }

    private void run(List<LongConsumer> chores, long now) {
        for (LongConsumer chore : chores) {
            try {
                chore.accept(now);
            } catch (Throwable fault) {
                faults.record("a chore", fault);
            }
        }
    }

    /** Stops the housekeeper. Decisions go on with the limits as they are, and permits can be released. */
    @Override
    public void close() {
        if (housekeeper != null) {
            housekeeper.close();
        }
    }

    @Override
    public String toString() {
        return "Guard[" + name + ", " + mode + "]";
    }

    /** Builds a {@link Guard}. Not thread-safe. */
    public static final class Builder {

        private final String name;
        private final List<Rule> connectionRules = new ArrayList<>();
        private final List<Rule> handshakeRules = new ArrayList<>();
        private final List<Rule> requestRules = new ArrayList<>();
        private final List<GuardListener> listeners = new ArrayList<>();
        private final List<LongConsumer> chores = new ArrayList<>();
        private final List<LongConsumer> slowChores = new ArrayList<>();
        private NanoClock clock = NanoClock.system();
        private ClientDirectory clients = OnlyAKey::new;
        private Duration tickInterval = TICK_INTERVAL;

        private Builder(String name) {
            this.name = name;
        }

        /** Adds rules for connections; they are asked in the order they are added. */
        public Builder connectionRules(Rule... rules) {
            connectionRules.addAll(List.of(rules));
            return this;
        }

        /** Adds rules for TLS handshakes; they are asked in the order they are added. */
        public Builder handshakeRules(Rule... rules) {
            handshakeRules.addAll(List.of(rules));
            return this;
        }

        /** Adds rules for requests; they are asked in the order they are added. */
        public Builder requestRules(Rule... rules) {
            requestRules.addAll(List.of(rules));
            return this;
        }

        public Builder listener(GuardListener listener) {
            listeners.add(listener);
            return this;
        }

        /** Adds what the housekeeper is to do at each tick, before the rules' own ticks. */
        public Builder chore(LongConsumer chore) {
            chores.add(chore);
            return this;
        }

        /** Adds what the housekeeper is to do again and again on a thread of its own, that nothing else waits for. */
        public Builder slowChore(LongConsumer chore) {
            slowChores.add(chore);
            return this;
        }

        /** The source of time; by default {@link NanoClock#system()}. */
        public Builder clock(NanoClock clock) {
            this.clock = clock;
            return this;
        }

        /** Where clients are known; by default nothing but their key is. */
        public Builder clients(ClientDirectory clients) {
            this.clients = clients;
            return this;
        }

        /** How often the housekeeper ticks; zero for no thread, {@link Guard#tick()} is then called by others. */
        public Builder tickInterval(Duration interval) {
            if (interval.isNegative()) {
                throw new IllegalArgumentException("tickInterval: " + interval + " (expected: zero or more)");
            }
            tickInterval = interval;
            return this;
        }

        public Guard build() {
            return new Guard(this);
        }
    }

    private record OnlyAKey(ClientKey key) implements Client {}
}
