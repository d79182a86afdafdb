package io.portguard.netty;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.portguard.Outcome;
import io.portguard.Permit;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response: either admitted, then it ends when the end of the response was written, or
 * refused and waiting for its turn to be answered. Confined to the event loop of its connection.
 *
 * @param <A> what refusals are answered with
 */
final class Exchange<A> implements ChannelFutureListener {

    private final Exchanges<A> exchanges;

    /** The one whose request came next. */
    @Nullable
    Exchange<A> next;

    private @Nullable Permit permit;

    /** The permit that was held last: nobody else has it, so it can be given anew. */
    private @Nullable Permit spent;

    private @Nullable A refusal;
    private Outcome outcome = Outcome.SUCCESS;
    private boolean ended;

    Exchange(Exchanges<A> exchanges) {
        this.exchanges = exchanges;
    }

    /** Begins anew; both are null when the guard itself failed and let the request through. */
    void begin(@Nullable Permit held, @Nullable A answer) {
        next = null;
        permit = held;
        refusal = answer;
        outcome = Outcome.SUCCESS;
        ended = false;
    }

    /** What it is to be answered; null when it was admitted. */
    @Nullable
    A refusal() {
        return refusal;
    }

    /** The right to be served; null when there is none. */
    @Nullable
    Permit permit() {
        return permit;
    }

    /** A permit that was released and may be given anew; null when there is none. */
    @Nullable
    Permit spent() {
        return spent;
    }

    boolean hasEnded() {
        return ended;
    }

    void outcome(Outcome ofResponse) {
        outcome = ofResponse;
    }

    /** The end of the response was written, or could not be. */
    @Override
    public void operationComplete(ChannelFuture written) {
        long now = exchanges.now();
        end(written.isSuccess() ? exchanges.written(outcome) : Outcome.IGNORED, now);
        exchanges.forgetEnded(now);
    }

    void end(Outcome how, long nowNanos) {
        Permit held = permit;
        permit = null;
        ended = true;
        if (held != null) {
            held.release(how, nowNanos);
            spent = held;
        }
    }
}
