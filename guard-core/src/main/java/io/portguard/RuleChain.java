package io.portguard;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rules for one kind of attempt, asked in order. When one refuses, the passes before it are cancelled
 * backwards. Thread-safe; what a permit holds is remembered by bit, so that a rule that becomes active or
 * inactive while permits are out is released exactly as often as it passed.
 */
final class RuleChain {

    static final int MAX_RULES = 30;

    /** Among the bits of a permit: the attempt is counted by another permit. */
    private static final int COUNTED_ELSEWHERE = 1 << MAX_RULES;

    private static final Class<?>[] ASKED = {Attempt.class, long.class};
    private static final Class<?>[] RELEASE = {Attempt.class, long.class, long.class, Outcome.class};

    private final Rule[] rules;
    private final NanoClock clock;
    private final GuardListener[] listeners;

    /** Those that want to know of what is admitted, and of what has ended. */
    private final GuardListener[] ofAdmitted;

    private final GuardListener[] ofReleased;
    private final Faults faults;
    private final DecisionCounts counts = new DecisionCounts();

    /** A bit for each rule that is about clients. */
    private final int judgingClients;

    /** A bit for each rule that has something to do when an attempt ends. */
    private final int releasing;

    /** A bit for each rule that has something to give back when a later one refuses. */
    private final int cancelling;

    /** A bit for each rule that can be asked without taking anything. */
    private final int foreseeing;

    /** A bit for each rule that is to be asked. */
    private volatile int active;

    /** A bit for each rule that refuses nothing by itself, whatever the guard does. Looked at when a rule refuses. */
    private volatile int shadowed;

    /**
     * A bit for each rule that has refused since the last tick what had taken something of rules before it. Until the next
     * one it is asked before these take anything, if none of them would refuse. Of two bits that are set at once one may be
     * lost, until its rule refuses again.
     */
    private volatile int askedEarly;

    RuleChain(List<Rule> rules, List<GuardListener> listeners, NanoClock clock, Faults faults) {
        if (rules.size() > MAX_RULES) {
            throw new IllegalArgumentException("rules: " + rules.size() + " (expected: at most " + MAX_RULES + ")");
        }
        this.rules = rules.toArray(new Rule[0]);
        this.listeners = listeners.toArray(new GuardListener[0]);
        this.ofAdmitted = listeners.stream()
                .filter(listener -> overrides(GuardListener.class, listener, "admitted", Attempt.class))
                .toArray(GuardListener[]::new);
        this.ofReleased = listeners.stream()
                .filter(listener ->
                        overrides(GuardListener.class, listener, "released", Attempt.class, Outcome.class, long.class))
                .toArray(GuardListener[]::new);
        this.clock = clock;
        this.faults = faults;
        int judging = 0;
        int ending = 0;
        int taking = 0;
        int foretelling = 0;
        for (int i = 0; i < this.rules.length; i++) {
            judging |= this.rules[i].judgesClient() ? 1 << i : 0;
            ending |= overrides(Rule.class, this.rules[i], "release", RELEASE) ? 1 << i : 0;
            taking |= overrides(Rule.class, this.rules[i], "cancel", ASKED) ? 1 << i : 0;
            foretelling |= overrides(Rule.class, this.rules[i], "mayRefuse", ASKED) ? 1 << i : 0;
        }
        judgingClients = judging;
        releasing = ending;
        cancelling = taking;
        foreseeing = foretelling;
        refresh();
    }

    DecisionCounts counts() {
        return counts;
    }

    /** Finds out anew which rules are active; one at a time, so that an older finding never overwrites a newer one. */
    synchronized void refresh() {
        int found = 0;
        for (int i = 0; i < rules.length; i++) {
            try {
                found |= rules[i].active() ? 1 << i : 0;
            } catch (Throwable fault) {
                faults.record(rules[i].name(), fault);
            }
        }
        active = found;
    }

    /** Has these rules, by name, refuse nothing from now on, and all others what they refuse. */
    void shadow(Set<String> names) {
        int bits = 0;
        for (int i = 0; i < rules.length; i++) {
            bits |= names.contains(rules[i].name()) ? 1 << i : 0;
        }
        shadowed = bits;
    }

    Decision tryAdmit(Attempt attempt, Mode mode) {
        return tryAdmit(attempt, mode, null, clock.nanoTime());
    }

    Decision tryAdmit(Attempt attempt, Mode mode, @Nullable Permit spent, long now) {
        return decide(attempt, mode, attempt.ofProxy() ? active & ~judgingClients : active, 0, spent, now);
    }

    /** Asks the rules about clients alone; what comes of it is counted as a refusal or not at all. */
    Decision identify(Attempt attempt, Mode mode) {
        return decide(
                attempt,
                mode,
                attempt.ofProxy() ? 0 : active & judgingClients,
                COUNTED_ELSEWHERE,
                null,
                clock.nanoTime());
    }

    /**
     * Has the rules about clients give back what they hold for an admitted attempt, and asks them for the same attempt as
     * that of another client. The permit stays the one there is.
     */
    Decision identify(Permit admitted, Attempt attempt, Mode mode) {
        cancel(admitted.attempt(), admitted.giveUp(judgingClients), clock.nanoTime());
        Decision decision = identify(attempt, mode);
        if (!(decision instanceof Permit known)) {
            return decision;
        }
        int holds = known.giveUp(judgingClients);
        if (!admitted.takeOver(attempt, holds)) {
            // It has ended meanwhile, as when the client has gone.
            cancel(attempt, holds, clock.nanoTime());
        }
        return admitted;
    }

    private Decision decide(Attempt attempt, Mode mode, int asked, int counted, @Nullable Permit spent, long now) {
        int held = counted;
        Rejection passedOver = null;
        int rest = mode == Mode.OFF || attempt.exempt() ? 0 : asked;
        int early = rest & askedEarly;
        int next = early == 0 ? rest : first(early, rest, attempt, mode, now);
        while (rest != 0) {
            int i = Integer.numberOfTrailingZeros(next);
            rest &= ~(1 << i);
            next = rest;
            try {
                if (rules[i].tryAcquire(attempt, now) instanceof Rejection rejection) {
                    if (!isPassedOver(i, attempt, rejection, mode)) {
                        giveBack(i, attempt, held, now);
                        return refused(attempt, rejection, mode, counted)
                                ? rejection
                                : permit(spent, attempt, now, counted);
                    }
                    passedOver = passedOver == null ? rejection : passedOver;
                } else {
                    held |= 1 << i;
                }
            } catch (Throwable fault) {
                faults.record(rules[i].name(), fault);
            }
        }
        if (passedOver != null) {
            refused(attempt, passedOver, Mode.SHADOW, counted);
        } else {
            admitted(attempt, counted);
        }
        return permit(spent, attempt, now, held);
    }

    /**
     * The rules to be asked, or the one by itself to begin with: the last of those that are asked early, if the rules
     * before it would pass the attempt; otherwise the first of them that may not.
     */
    private int first(int early, int asked, Attempt attempt, Mode mode, long now) {
        int last = Integer.highestOneBit(early);
        int before = asked & (last - 1);
        if (mode != Mode.ENFORCE || (asked & shadowed) != 0 || (before & ~foreseeing) != 0) {
            return asked;
        }
        for (int rest = before; rest != 0; rest &= rest - 1) {
            if (mayRefuse(Integer.numberOfTrailingZeros(rest), attempt, now)) {
                return Integer.lowestOneBit(rest);
            }
        }
        return last;
    }

    private boolean mayRefuse(int rule, Attempt attempt, long now) {
        try {
            return rules[rule].mayRefuse(attempt, now);
        } catch (Throwable fault) {
            faults.record(rules[rule].name(), fault);
            return false;
        }
    }

    /** Has the rules that an attempt has passed give back what it took of them, because a later one refuses it. */
    private void giveBack(int refusing, Attempt attempt, int held, long now) {
        if ((held & cancelling) == 0) {
            return;
        }
        cancel(attempt, held, now);
        int present = askedEarly;
        int with = present | (foreseeing & 1 << refusing);
        if (with != present) {
            askedEarly = with;
        }
    }

    /** Whether a rule that would refuse is in shadow mode by itself, so that the others are asked all the same. */
    private boolean isPassedOver(int rule, Attempt attempt, Rejection rejection, Mode mode) {
        boolean alone = (shadowed & 1 << rule) != 0;
        if (alone || mode == Mode.SHADOW) {
            tellShadowed(attempt, rules[rule].name(), rejection);
        }
        return alone;
    }

    private void admitted(Attempt attempt, int counted) {
        if (counted == 0) {
            counts.admitted(attempt);
        }
        for (GuardListener listener : ofAdmitted) {
            try {
                listener.admitted(attempt);
            } catch (Throwable fault) {
                faults.record("a listener", fault);
            }
        }
    }

    private Permit permit(@Nullable Permit spent, Attempt attempt, long now, int held) {
        return spent != null && spent.renew(this, attempt, now, held) ? spent : new Permit(this, attempt, now, held);
    }

    /** Refuses an attempt that was admitted and is still counted; returns whether that is enforced. */
    boolean refuseAdmitted(Attempt attempt, Rejection rejection, Mode mode) {
        return mode != Mode.OFF && !attempt.exempt() && refused(attempt, rejection, mode, COUNTED_ELSEWHERE);
    }

    private boolean refused(Attempt attempt, Rejection rejection, Mode mode, int counted) {
        boolean enforced = mode == Mode.ENFORCE;
        counts.rejected(attempt, rejection.reason(), enforced);
        if (!enforced && counted != 0) {
            // It was let through once more than it will end.
            counts.ended();
        }
        for (GuardListener listener : listeners) {
            try {
                listener.rejected(attempt, rejection, enforced);
            } catch (Throwable fault) {
                faults.record("a listener", fault);
            }
        }
        return enforced;
    }

    private void tellShadowed(Attempt attempt, String rule, Rejection rejection) {
        for (GuardListener listener : listeners) {
            try {
                listener.shadowed(attempt, rule, rejection);
            } catch (Throwable fault) {
                faults.record("a listener", fault);
            }
        }
    }

    private void cancel(Attempt attempt, int held, long now) {
        for (int rest = held & cancelling; rest != 0; ) {
            int i = highestBit(rest);
            rest &= ~(1 << i);
            try {
                rules[i].cancel(attempt, now);
            } catch (Throwable fault) {
                faults.record(rules[i].name(), fault);
            }
        }
    }

    long nanoTime() {
        return clock.nanoTime();
    }

    void release(Attempt attempt, int held, long admittedAtNanos, Outcome outcome, long now) {
        for (int rest = held & releasing; rest != 0; ) {
            int i = highestBit(rest);
            rest &= ~(1 << i);
            try {
                rules[i].release(attempt, admittedAtNanos, now, outcome);
            } catch (Throwable fault) {
                faults.record(rules[i].name(), fault);
            }
        }
        if ((held & COUNTED_ELSEWHERE) == 0) {
            counts.ended();
        }
        for (GuardListener listener : ofReleased) {
            try {
                listener.released(attempt, outcome, now - admittedAtNanos);
            } catch (Throwable fault) {
                faults.record("a listener", fault);
            }
        }
    }

    void tick(long now) {
        for (Rule rule : rules) {
            try {
                rule.tick(now);
            } catch (Throwable fault) {
                faults.record(rule.name(), fault);
            }
        }
        askedEarly = 0;
        refresh();
    }

    /** Most rules and listeners do little of what they can, and calling one for nothing costs as much as for something. */
    private static boolean overrides(Class<?> general, Object one, String method, Class<?>... parameters) {
        try {
            return one.getClass().getMethod(method, parameters).getDeclaringClass() != general;
        } catch (NoSuchMethodException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static int highestBit(int bits) {
        return 31 - Integer.numberOfLeadingZeros(bits);
    }
}
