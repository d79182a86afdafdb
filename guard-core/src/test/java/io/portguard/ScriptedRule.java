package io.portguard;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A rule that does what it is told and writes down what it was asked. */
class ScriptedRule implements Rule {

    private final String name;
    private final List<String> log;
    private final AtomicInteger held = new AtomicInteger();
    volatile Verdict verdict = Verdict.pass();
    volatile boolean active = true;
    volatile boolean broken;

    ScriptedRule(String name, List<String> log) {
        this.name = name;
        this.log = log;
    }

    int held() {
        return held.get();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean active() {
        log.add(name + " active");
        breakIfBroken();
        return active;
    }

    @Override
    public Verdict tryAcquire(Attempt attempt, long nowNanos) {
        log.add(name + " asked");
        breakIfBroken();
        Verdict now = verdict;
        if (now == Verdict.pass()) {
            held.incrementAndGet();
        }
        return now;
    }

    @Override
    public void cancel(Attempt attempt, long nowNanos) {
        log.add(name + " cancelled");
        breakIfBroken();
        held.decrementAndGet();
    }

    @Override
    public void release(Attempt attempt, long admittedAtNanos, long nowNanos, Outcome outcome) {
        log.add(name + " released " + outcome + " after " + (nowNanos - admittedAtNanos));
        breakIfBroken();
        held.decrementAndGet();
    }

    @Override
    public void tick(long nowNanos) {
        log.add(name + " ticked");
        breakIfBroken();
    }

    private void breakIfBroken() {
        if (broken) {
            throw new IllegalStateException(name + " is broken");
        }
    }
}
