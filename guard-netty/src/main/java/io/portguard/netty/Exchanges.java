package io.portguard.netty;

import io.portguard.NanoClock;
import io.portguard.Outcome;
import io.portguard.Permit;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The exchanges of one connection that have not ended, in the order of their requests. Confined to its loop.
 *
 * @param <A> what refusals are answered with
 */
final class Exchanges<A> {

    /*
     *   first ──▶ … ──▶ unanswered ──▶ … ──▶ last
     *   whose answers were written          whose answers were not, or not to their end
     *   and are on their way
     *
     * HTTP/1.1 answers requests in their order (RFC 9112, section 9.3.2), so a refusal waits here while an earlier
     * request is being served. The objects are used again: a connection that sends one request at a time has one.
     */

    private final NanoClock clock;
    private final LongConsumer onAllEnded;
    private final UnaryOperator<Outcome> outcomes;
    private @Nullable Exchange<A> first;
    private @Nullable Exchange<A> unanswered;
    private @Nullable Exchange<A> last;
    private @Nullable Exchange<A> spare;
    private int refused;

    /**
     * @param onAllEnded is told when the last exchange has ended, and at what time
     * @param outcomes how an exchange whose answer was written ends, by how that answer would have it end
     */
    Exchanges(NanoClock clock, LongConsumer onAllEnded, UnaryOperator<Outcome> outcomes) {
        this.clock = clock;
        this.onAllEnded = onAllEnded;
        this.outcomes = outcomes;
    }

    long now() {
        return clock.nanoTime();
    }

    /** How an exchange whose answer was written ends. */
    Outcome written(Outcome ofAnswer) {
        return outcomes.apply(ofAnswer);
    }

    /** A permit of an exchange that has ended, to be given anew; null when there is none. */
    @Nullable
    Permit spentPermit() {
        return spare == null ? null : spare.spent();
    }

    boolean areAllEnded() {
        return first == null;
    }

    boolean areAllAnswered() {
        return unanswered == null;
    }

    /** The right to be served of the request whose answer comes next; null when there is none. */
    @Nullable
    Permit permitOfNext() {
        return unanswered == null ? null : unanswered.permit();
    }

    boolean isOneUnanswered() {
        return unanswered != null && unanswered.next == null;
    }

    /** How many refusals wait to be written. */
    int refused() {
        return refused;
    }

    void admitted(@Nullable Permit permit) {
        add(permit, null);
    }

    void refused(A answer) {
        refused++;
        add(null, answer);
    }

    /** The end of a response is about to be written: whose it is; null when nobody has asked for one. */
    @Nullable
    Exchange<A> answered() {
        Exchange<A> exchange = unanswered;
        if (exchange != null) {
            unanswered = exchange.next;
        }
        return exchange;
    }

    /** The refusal that is to be written now; null when there is none, or others have to be answered first. */
    @Nullable
    A dueRefusal() {
        Exchange<A> exchange = unanswered;
        A refusal = exchange == null ? null : exchange.refusal();
        if (exchange != null && refusal != null) {
            unanswered = exchange.next;
            refused--;
            long now = now();
            exchange.end(Outcome.IGNORED, now);
            forgetEnded(now);
        }
        return refusal;
    }

    /** Ends all at once: the connection is gone, or does not speak HTTP any more. */
    void endAll(Outcome outcome) {
        if (first == null) {
            return;
        }
        long now = now();
        for (Exchange<A> exchange = first; exchange != null; exchange = exchange.next) {
            exchange.end(outcome, now);
        }
        first = null;
        unanswered = null;
        last = null;
        refused = 0;
    }

    void forgetEnded(long nowNanos) {
        Exchange<A> exchange = first;
        if (exchange == null) {
            return; // They have all been ended at once.
        }
        while (exchange != null && exchange.hasEnded()) {
            spare = exchange;
            exchange = exchange.next;
        }
        first = exchange;
        if (exchange == null) {
            last = null;
            onAllEnded.accept(nowNanos);
        }
    }

    private void add(@Nullable Permit permit, @Nullable A answer) {
        Exchange<A> exchange = spare;
        spare = null;
        if (exchange == null) {
            exchange = new Exchange<>(this);
        }
        exchange.begin(permit, answer);
        if (last == null) {
            first = exchange;
        } else {
            last.next = exchange;
        }
        last = exchange;
        if (unanswered == null) {
            unanswered = exchange;
        }
    }
}
