package io.portguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.util.CharsetUtil;
import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.http.RateLimitFields;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class RefusalsTest {

    private final AtomicReference<RateLimitFields> fields = new AtomicReference<>();
    private final Refusals<FullHttpResponse> refusals = new Refusals<>(fields::get, new Http1Answers());

    @Test
    void theSameAnswerIsTheSameObject() {
        Set<FullHttpResponse> answers = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int i = 0; i < 1000; i++) {
            answers.add(refusals.answer(
                    Rejection.of(Reason.OVERLOAD), Http1Answers.variant(Http1Answers.Fate.KEPT, false)));
        }
        assertThat(answers).hasSizeBetween(1, 2);
    }

    @Test
    void everyRejectionHasAnAnswerWithAndWithoutRateLimitFields() {
        for (int round = 0; round < 2; round++) {
            for (Reason reason : Reason.values()) {
                for (int seconds = 0; seconds <= Rejection.MAX_RETRY_AFTER_SECONDS; seconds++) {
                    Rejection rejection = Rejection.of(reason, seconds);
                    for (Http1Answers.Fate fate : Http1Answers.Fate.values()) {
                        FullHttpResponse answer = refusals.answer(rejection, Http1Answers.variant(fate, false));
                        assertThat(answer.status().code()).isEqualTo(reason.httpStatus());
                        assertThat(answer.headers().getInt("Retry-After")).isBetween(seconds, seconds * 3 / 2 + 2);
                        assertThat(answer.content().toString(CharsetUtil.UTF_8)).contains(reason.text());
                        assertThat(answer.headers().get("RateLimit"))
                                .isEqualTo(
                                        fields.get() == null
                                                ? null
                                                : fields.get().rateLimit(rejection));
                    }
                }
            }
            fields.set(new RateLimitFields(10, 20));
        }
    }

    @Test
    void writingAnAnswerDoesNotUseItUp() {
        FullHttpResponse answer =
                refusals.answer(Rejection.of(Reason.DENIED), Http1Answers.variant(Http1Answers.Fate.CLOSED, false));
        int length = answer.content().readableBytes();
        answer.content().skipBytes(length);
        assertThat(answer.release()).isFalse();
        assertThat(answer.content().readableBytes()).isEqualTo(length);
    }
}
