package io.portguard.netty;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.FullHttpResponse;
import io.portguard.Outcome;
import io.portguard.Permit;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response: either admitted, then it ends when the end of the response was written, or
 * refused and waiting for its turn to be answered. Confined to the event loop of its connection.
 */
final class Exchange implements ChannelFutureListener {

    private final Exchanges exchanges;

    /** The one whose request came next. */
    @Nullable
    Exchange next;

    private @Nullable Permit permit;
    private @Nullable FullHttpResponse refusal;
    private Outcome outcome = Outcome.SUCCESS;
    private boolean ended;

    Exchange(Exchanges exchanges) {
        this.exchanges = exchanges;
    }

    /** Begins anew; both are null when the guard itself failed and let the request through. */
    void begin(@Nullable Permit held, @Nullable FullHttpResponse answer) {
        next = null;
        permit = held;
        refusal = answer;
        outcome = Outcome.SUCCESS;
        ended = false;
    }

    /** What it is to be answered; null when it was admitted. */
    @Nullable
    FullHttpResponse refusal() {
        return refusal;
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
        end(written.isSuccess() ? outcome : Outcome.IGNORED);
        exchanges.forgetEnded();
    }

    void end(Outcome how) {
        Permit held = permit;
        permit = null;
        ended = true;
        if (held != null) {
            held.release(how);
        }
    }
}
