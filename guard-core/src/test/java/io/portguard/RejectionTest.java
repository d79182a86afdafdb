package io.portguard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RejectionTest {

    @ParameterizedTest
    @EnumSource(Reason.class)
    void theSameRejectionIsTheSameObject(Reason reason) {
        assertThat(Rejection.of(reason)).isSameAs(Rejection.of(reason, 1));
        assertThat(Rejection.of(reason, 17)).isSameAs(Rejection.of(reason, 17));
        assertThat(Rejection.of(reason).reason()).isEqualTo(reason);
    }

    @Test
    void theTimeToWaitIsBroughtIntoItsRange() {
        assertThat(Rejection.of(Reason.BANNED, Long.MIN_VALUE).retryAfterSeconds())
                .isZero();
        assertThat(Rejection.of(Reason.BANNED, 60).retryAfterSeconds()).isEqualTo(60);
        assertThat(Rejection.of(Reason.BANNED, Long.MAX_VALUE).retryAfterSeconds())
                .isEqualTo(60);
    }

    @Test
    void reasonsAndTheirStatusesAreThoseOfTheContract() {
        assertThat(Arrays.stream(Reason.values()).map(reason -> reason.text() + " " + reason.httpStatus()))
                .containsExactly(
                        "denied 403",
                        "banned 403",
                        "client-rate 429",
                        "client-concurrency 429",
                        "fair-share 429",
                        "concurrency 503",
                        "overload 503",
                        "connections 503",
                        "client-connections 503",
                        "accept-rate 503",
                        "client-accept-rate 503",
                        "timeout 503",
                        "draining 503");
    }

    @Test
    void aRequestLowersItsPriorityAndNeverRaisesIt() {
        for (Priority own : Priority.values()) {
            for (Priority other : Priority.values()) {
                assertThat(own.atMost(other)).isGreaterThanOrEqualTo(own).isGreaterThanOrEqualTo(other);
            }
            assertThat(Priority.parse(" " + own.name() + " ")).contains(own);
        }
        assertThat(Priority.parse("urgent")).isEmpty();
    }
}
