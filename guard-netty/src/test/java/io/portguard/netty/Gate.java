package io.portguard.netty;

import io.portguard.Attempt;
import io.portguard.Outcome;
import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.Rule;
import io.portguard.Verdict;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A rule that refuses, passes or breaks as a test tells it, and notes how what it passed has ended. */
final class Gate implements Rule {

    private volatile Rejection rejection;
    private volatile RuntimeException fault;
    private final Queue<Outcome> outcomes = new ConcurrentLinkedQueue<>();

    void refuse(Reason reason) {
        rejection = Rejection.of(reason);
    }

    void pass() {
        rejection = null;
    }

    void breakDown() {
        fault = new IllegalStateException("broken on purpose");
    }

    /** How the attempts it passed have ended, in the order in which they did. */
    Queue<Outcome> outcomes() {
        return outcomes;
    }

    @Override
    public String name() {
        return "gate";
    }

    @Override
    public Verdict tryAcquire(Attempt attempt, long nowNanos) {
        if (fault != null) {
            throw fault;
        }
        Rejection present = rejection;
        return present == null ? Verdict.pass() : present;
    }

    @Override
    public void release(Attempt attempt, long admittedAtNanos, long nowNanos, Outcome outcome) {
        outcomes.add(outcome);
    }
}
