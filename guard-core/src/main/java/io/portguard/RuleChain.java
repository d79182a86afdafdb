package io.portguard;

import java.util.List;

/**
 * The rules for one kind of attempt, asked in order. When one refuses, the passes before it are cancelled
 * backwards. Thread-safe; what a permit holds is remembered by bit, so that a rule that becomes active or
 * inactive while permits are out is released exactly as often as it passed.
 */
final class RuleChain {

    static final int MAX_RULES = 30;

    private final Rule[] rules;
    private final NanoClock clock;
    private final GuardListener[] listeners;
    private final Faults faults;
    private final DecisionCounts counts = new DecisionCounts();

    /** A bit for each rule that is to be asked. */
    private volatile int active;

    RuleChain(List<Rule> rules, List<GuardListener> listeners, NanoClock clock, Faults faults) {
        if (rules.size() > MAX_RULES) {
            throw new IllegalArgumentException("rules: " + rules.size() + " (expected: at most " + MAX_RULES + ")");
        }
        this.rules = rules.toArray(new Rule[0]);
        this.listeners = listeners.toArray(new GuardListener[0]);
        this.clock = clock;
        this.faults = faults;
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

    Decision tryAdmit(Attempt attempt, Mode mode) {
        long now = clock.nanoTime();
        int held = 0;
        if (mode != Mode.OFF && !attempt.exempt()) {
            for (int rest = active; rest != 0; rest &= rest - 1) {
                int i = Integer.numberOfTrailingZeros(rest);
                try {
                    if (rules[i].tryAcquire(attempt, now) instanceof Rejection rejection) {
                        cancel(attempt, held, now);
                        return refuse(attempt, rejection, mode, now);
                    }
                    held |= 1 << i;
                } catch (Throwable fault) {
                    faults.record(rules[i].name(), fault);
                }
            }
        }
        counts.admitted(attempt);
        for (GuardListener listener : listeners) {
            try {
                listener.admitted(attempt);
            } catch (Throwable fault) {
                faults.record("a listener", fault);
            }
        }
        return new Permit(this, attempt, now, held);
    }

    /** An adapter has ended an admitted attempt before its time, which its permit tells by itself. */
    void ended(Attempt attempt, Rejection rejection) {
        tell(attempt, rejection, true);
    }

    private Decision refuse(Attempt attempt, Rejection rejection, Mode mode, long now) {
        boolean enforced = mode == Mode.ENFORCE;
        tell(attempt, rejection, enforced);
        return enforced ? rejection : new Permit(this, attempt, now, 0);
    }

    private void tell(Attempt attempt, Rejection rejection, boolean enforced) {
        counts.rejected(attempt, rejection.reason(), enforced);
        for (GuardListener listener : listeners) {
            try {
                listener.rejected(attempt, rejection, enforced);
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

    void release(Attempt attempt, int held, long admittedAtNanos, Outcome outcome) {
        long now = clock.nanoTime();
        for (int rest = held; rest != 0; ) {
            int i = highestBit(rest);
            rest &= ~(1 << i);
            try {
                rules[i].release(attempt, admittedAtNanos, now, outcome);
            } catch (Throwable fault) {
                faults.record(rules[i].name(), fault);
            }
        }
        counts.ended();
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

    private static int highestBit(int bits) {
        return 31 - Integer.numberOfLeadingZeros(bits);
    }
}
