package io.portguard.netty;

import static io.netty.handler.codec.http.HttpHeaderNames.CONNECTION;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_LENGTH;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_TYPE;
import static io.netty.handler.codec.http.HttpHeaderValues.CLOSE;
import static io.netty.handler.codec.http.HttpHeaderValues.KEEP_ALIVE;

import io.netty.handler.codec.http.FullHttpResponse;
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
 */
final class Refusals {

    /** What a client is told about its connection: nothing, that it is closed, or (HTTP/1.0) that it is kept. */
    enum Fate {
        KEPT,
        CLOSED,
        KEPT_HTTP_1_0
    }

    private static final AsciiString RETRY_AFTER = AsciiString.cached(Refusal.RETRY_AFTER);
    private static final AsciiString RATE_LIMIT = AsciiString.cached(Refusal.RATE_LIMIT);
    private static final AsciiString RATE_LIMIT_POLICY = AsciiString.cached(Refusal.RATE_LIMIT_POLICY);
    private static final AsciiString PROBLEM = AsciiString.cached(Refusal.CONTENT_TYPE);

    private static final int FATES = Fate.values().length;

    /** Retry-After is the rejection's own time and at most half as much again and a second. */
    private static final int JITTERS = Rejection.MAX_RETRY_AFTER_SECONDS / 2 + 2;

    private static final int WAITS = Rejection.MAX_RETRY_AFTER_SECONDS + JITTERS;

    private final Supplier<@Nullable RateLimitFields> rateLimitFields;
    private volatile Made made;

    Refusals(Supplier<@Nullable RateLimitFields> rateLimitFields) {
        this.rateLimitFields = rateLimitFields;
        this.made = new Made(rateLimitFields.get());
    }

    /** The answer to a request that was refused; to be written as it is, without being retained. */
    FullHttpResponse answer(Rejection rejection, Fate fate, boolean toHead) {
        RateLimitFields fields = rateLimitFields.get();
        Made current = made;
        if (current.fields != fields) {
            current = new Made(fields);
            made = current;
        }
        return current.answer(rejection, fate, toHead);
    }

    /** The answers with the same rate limit fields. */
    private static final class Made {

        private final @Nullable RateLimitFields fields;
        private final AtomicReferenceArray<@Nullable AtomicReferenceArray<@Nullable FullHttpResponse>> byReason =
                new AtomicReferenceArray<>(Reason.values().length);

        Made(@Nullable RateLimitFields fields) {
            this.fields = fields;
        }

        FullHttpResponse answer(Rejection rejection, Fate fate, boolean toHead) {
            int retryAfter = Refusal.retryAfterSeconds(rejection);
            int seconds = retryAfter;
            if (fields != null) {
                // What RateLimit says follows from the rejection, not from the jitter, so both make the answer.
                int jitter = seconds - rejection.retryAfterSeconds();
                seconds = rejection.retryAfterSeconds() * JITTERS + jitter;
            }
            int index = (seconds * FATES + fate.ordinal()) * 2 + (toHead ? 1 : 0);
            AtomicReferenceArray<@Nullable FullHttpResponse> answers = of(rejection.reason());
            FullHttpResponse answer = answers.get(index);
            if (answer == null) {
                answer = make(rejection, retryAfter, fate, toHead);
                answers.set(index, answer);
            }
            return answer;
        }

        private AtomicReferenceArray<@Nullable FullHttpResponse> of(Reason reason) {
            AtomicReferenceArray<@Nullable FullHttpResponse> answers = byReason.get(reason.ordinal());
            if (answers == null) {
                int waits = fields == null ? WAITS : (Rejection.MAX_RETRY_AFTER_SECONDS + 1) * JITTERS;
                answers = new AtomicReferenceArray<>(waits * FATES * 2);
                byReason.set(reason.ordinal(), answers);
            }
            return answers;
        }

        private FullHttpResponse make(Rejection rejection, int retryAfter, Fate fate, boolean toHead) {
            Refusal refusal = Refusal.of(rejection.reason());
            List<CharSequence> headers = new ArrayList<>();
            add(headers, CONTENT_TYPE, PROBLEM);
            add(headers, CONTENT_LENGTH, Integer.toString(refusal.body().length));
            add(headers, RETRY_AFTER, Integer.toString(retryAfter));
            if (fields != null) {
                add(headers, RATE_LIMIT_POLICY, fields.policy());
                add(headers, RATE_LIMIT, fields.rateLimit(rejection));
            }
            if (fate != Fate.KEPT) {
                add(headers, CONNECTION, fate == Fate.CLOSED ? CLOSE : KEEP_ALIVE);
            }
            return new SharedAnswer(refusal.status(), headers, toHead ? new byte[0] : refusal.body());
        }

        private static void add(List<CharSequence> headers, AsciiString name, CharSequence value) {
            headers.add(name);
            headers.add(AsciiString.of(value));
        }
    }
}
