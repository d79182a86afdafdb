package io.portguard.servlet;

import io.portguard.Attempt;
import io.portguard.GuardListener;
import io.portguard.Outcome;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers how requests have ended. */
public final class Ended implements GuardListener {

    private final List<Outcome> outcomes = new CopyOnWriteArrayList<>();

    @Override
    public void released(Attempt attempt, Outcome outcome, long durationNanos) {
        if (attempt.kind() == Attempt.Kind.REQUEST) {
            outcomes.add(outcome);
        }
    }

    public List<Outcome> outcomes() {
        return List.copyOf(outcomes);
    }
}
