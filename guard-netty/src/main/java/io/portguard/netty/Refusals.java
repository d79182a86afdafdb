package io.portguard.netty;

import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_LENGTH;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_TYPE;

import io.netty.util.AsciiString;
import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.http.RateLimitFields;
import io.portguard.http.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The answers to refused requests, each made once and shared by all connections from then on. Thread-safe: two
 * that make the same answer at the same time make equal ones.
 *
 * @param <A> the answers of one protocol
 */
final class Refusals<A> {

    /** Makes the answers of one protocol. */
    interface Form<A> {

        /** How many answers there are to the same rejection. */
        int variants();

        A make(Content content, int variant);
    }

    /** What an answer says in every protocol. */
    record Content(
            Rejection rejection,
            int retryAfterSeconds,
            @Nullable RateLimitFields rateLimit) {

        Refusal refusal() {
            return Refusal.of(rejection.reason());
        }

        /** Names and values in turn. */
        List<AsciiString> headers() {
            List<AsciiString> headers = new ArrayList<>();
            headers.add(CONTENT_TYPE);
            headers.add(PROBLEM);
            headers.add(CONTENT_LENGTH);
            headers.add(AsciiString.of(Integer.toString(refusal().body().length)));
            headers.add(RETRY_AFTER);
            headers.add(AsciiString.of(Integer.toString(retryAfterSeconds)));
            if (rateLimit != null) {
                headers.add(RATE_LIMIT_POLICY);
                headers.add(AsciiString.of(rateLimit.policy()));
                headers.add(RATE_LIMIT);
                headers.add(AsciiString.of(rateLimit.rateLimit(rejection)));
            }
            return headers;
        }
    }

    private static final AsciiString RETRY_AFTER = AsciiString.cached(Refusal.RETRY_AFTER);
    private static final AsciiString RATE_LIMIT = AsciiString.cached(Refusal.RATE_LIMIT);
    private static final AsciiString RATE_LIMIT_POLICY = AsciiString.cached(Refusal.RATE_LIMIT_POLICY);
    private static final AsciiString PROBLEM = AsciiString.cached(Refusal.CONTENT_TYPE);

    /** Retry-After is the rejection's own time and at most half as much again and a second. */
    private static final int JITTERS = Rejection.MAX_RETRY_AFTER_SECONDS / 2 + 2;

    private static final int WAITS = Rejection.MAX_RETRY_AFTER_SECONDS + JITTERS;

    private final Supplier<@Nullable RateLimitFields> rateLimitFields;
    private final Form<A> form;
    private volatile Made<A> made;

    Refusals(Supplier<@Nullable RateLimitFields> rateLimitFields, Form<A> form) {
        this.rateLimitFields = rateLimitFields;
        this.form = form;
        this.made = new Made<>(form, rateLimitFields.get());
    }

    /** The answer to a request that was refused; shared, to be written as it is. */
    A answer(Rejection rejection, int variant) {
        RateLimitFields fields = rateLimitFields.get();
        Made<A> current = made;
        if (current.fields != fields) {
            current = new Made<>(form, fields);
            made = current;
        }
        return current.answer(rejection, variant);
    }

    /** The answers with the same rate limit fields. */
    private static final class Made<A> {

        private final Form<A> form;
        private final @Nullable RateLimitFields fields;
        private final AtomicReferenceArray<@Nullable AtomicReferenceArray<@Nullable A>> byReason =
                new AtomicReferenceArray<>(Reason.values().length);

        Made(Form<A> form, @Nullable RateLimitFields fields) {
            this.form = form;
            this.fields = fields;
        }

        A answer(Rejection rejection, int variant) {
            int retryAfter = Refusal.retryAfterSeconds(rejection);
            int seconds = retryAfter;
            if (fields != null) {
                // What RateLimit says follows from the rejection, not from the jitter, so both make the answer.
                int jitter = seconds - rejection.retryAfterSeconds();
                seconds = rejection.retryAfterSeconds() * JITTERS + jitter;
            }
            int index = seconds * form.variants() + variant;
            AtomicReferenceArray<@Nullable A> answers = of(rejection.reason());
            A answer = answers.get(index);
            if (answer == null) {
                answer = form.make(new Content(rejection, retryAfter, fields), variant);
                answers.set(index, answer);
            }
            return answer;
        }

        private AtomicReferenceArray<@Nullable A> of(Reason reason) {
            AtomicReferenceArray<@Nullable A> answers = byReason.get(reason.ordinal());
            if (answers == null) {
                int waits = fields == null ? WAITS : (Rejection.MAX_RETRY_AFTER_SECONDS + 1) * JITTERS;
                answers = new AtomicReferenceArray<>(waits * form.variants());
                byReason.set(reason.ordinal(), answers);
            }
            return answers;
        }
    }
}
