package io.portguard.servlet;

import io.portguard.Attempt;
import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.Rule;
import io.portguard.Verdict;
import org.jspecify.annotations.Nullable;

/** A rule that says what the test wants it to say. */
public final class SwitchRule implements Rule {

    private volatile @Nullable Rejection rejection;
    private volatile boolean broken;

    public void refuse(Reason reason) {
        rejection = Rejection.of(reason, 2);
    }

    public void pass() {
        rejection = null;
    }

    public void breakDown() {
        broken = true;
    }

    @Override
    public String name() {
        return "switch";
    }

    @Override
    public Verdict tryAcquire(Attempt attempt, long now) {
        if (broken) {
            throw new IllegalStateException("broken on purpose");
        }
        Rejection says = rejection;
        return says == null ? Verdict.pass() : says;
    }
}
