package io.portguard;

/** What one {@link Rule} says to an attempt: {@link #pass()}, or a {@link Rejection}. */
public sealed interface Verdict permits Verdict.Pass, Rejection {

    /** The rule has nothing against the attempt and holds for it what it needs to hold. */
    static Verdict pass() {
        return Pass.PASS;
    }

    /** The only verdict that is no rejection. */
    enum Pass implements Verdict {
        PASS
    }
}
