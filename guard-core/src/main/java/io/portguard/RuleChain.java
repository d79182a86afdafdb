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

    private final Rule[] rules;
    private final NanoClock clock;
    private final GuardListener[] listeners;
    private final Faults faults;
    private final DecisionCounts counts = new DecisionCounts();

    /** A bit for each rule that is about clients. */
    private final int judgingClients;

    /** A bit for each rule that has something to do when an attempt ends. */
    private final int releasing;

    /** A bit for each rule that is to be asked. */
    private volatile int active;

    /** A bit for each rule that refuses nothing by itself, whatever the guard does. Looked at when a rule refuses. */
    private volatile int shadowed;

    RuleChain(List<Rule> rules, List<GuardListener> listeners, NanoClock clock, Faults faults) {
        if (rules.size() > MAX_RULES) {
            throw new IllegalArgumentException("rules: " + rules.size() + " (expected: at most " + MAX_RULES + ")");
        }
        this.rules = rules.toArray(new Rule[0]);
        this.listeners = listeners.toArray(new GuardListener[0]);
        this.clock = clock;
        this.faults = faults;
        int judging = 0;
        int ending = 0;
        for (int i = 0; i < this.rules.length; i++) {
            judging |= this.rules[i].judgesClient() ? 1 << i : 0;
            ending |= overridesRelease(this.rules[i]) ? 1 << i : 0;
        }
        judgingClients = judging;
        releasing = ending;
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
        for (int rest = mode == Mode.OFF || attempt.exempt() ? 0 : asked; rest != 0; rest &= rest - 1) {
            int i = Integer.numberOfTrailingZeros(rest);
            try {
                if (rules[i].tryAcquire(attempt, now) instanceof Rejection rejection) {
                    if (!isPassedOver(i, attempt, rejection, mode)) {
                        return refuse(attempt, rejection, mode, held, counted, spent, now);
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

    /** Whether a rule that would refuse is in shadow mode by itself, so that the others are asked all the same. */
    private boolean isPassedOver(int rule, Attempt attempt, Rejection rejection, Mode mode) {
        boolean alone = (shadowed & 1 << rule) != 0;
        if (alone || mode == Mode.SHADOW) {
            tellShadowed(attempt, rules[rule].name(), rejection);
        }
        return alone;
    }

    private Decision refuse(
            Attempt attempt, Rejection rejection, Mode mode, int held, int counted, @Nullable Permit spent, long now) {
        cancel(attempt, held & ~counted, now);
        return refused(attempt, rejection, mode, counted) ? rejection : permit(spent, attempt, now, counted);
    }

    private void admitted(Attempt attempt, int counted) {
        if (counted == 0) {
            counts.admitted(attempt);
        }
        for (GuardListener listener : listeners) {
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
        for (int rest = held; rest != 0; ) {
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
        for (GuardListener listener : listeners) {
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
        refresh();
    }

    /** Most rules hold nothing until the end, and asking them costs as much as asking one that does. */
    private static boolean overridesRelease(Rule rule) {
        try {
            return rule.getClass()
                            .getMethod("release", Attempt.class, long.class, long.class, Outcome.class)
                            .getDeclaringClass()
                    != Rule.class;
        } catch (ReflectiveOperationException hidden) {
            return true;
        }
    }

    private static int highestBit(int bits) {
        return 31 - Integer.numberOfLeadingZeros(bits);
    }
}
