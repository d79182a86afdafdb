package io.portguard.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Reason;
import io.portguard.Rejection;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RefusalTest {

    private static String body(Reason reason) {
        return new String(Refusal.of(reason).body(), StandardCharsets.UTF_8);
    }

    @Test
    void theBodySaysStatusTitleAndReasonAndNothingElse() {
        assertThat(body(Reason.BANNED)).isEqualTo("{\"status\":403,\"title\":\"Forbidden\",\"reason\":\"banned\"}");
        assertThat(body(Reason.FAIR_SHARE))
                .isEqualTo("{\"status\":429,\"title\":\"Too Many Requests\",\"reason\":\"fair-share\"}");
        assertThat(body(Reason.OVERLOAD))
                .isEqualTo("{\"status\":503,\"title\":\"Service Unavailable\",\"reason\":\"overload\"}");
    }

    @ParameterizedTest
    @EnumSource(Reason.class)
    void everyReasonHasItsRefusal(Reason reason) {
        assertThat(Refusal.of(reason)).isSameAs(Refusal.of(reason));
        assertThat(Refusal.of(reason).status()).isEqualTo(reason.httpStatus()).isIn(403, 429, 503);
        assertThat(body(reason)).contains("\"reason\":\"" + reason.text() + "\"");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 10, 59, 60})
    void theTimeToWaitIsJitteredUpwards(int seconds) {
        Set<Integer> seen = new HashSet<>();
        int base = Math.max(1, seconds);
        for (int i = 0; i < 5_000; i++) {
            int value = Integer.parseInt(Refusal.retryAfter(Rejection.of(Reason.OVERLOAD, seconds)));
            assertThat(value).isBetween(base, base + base / 2 + 1);
            seen.add(value);
        }
        assertThat(seen).hasSize(base / 2 + 2);
    }

    @ParameterizedTest
    @CsvSource({"10, 20, 20, 2", "0.5, 1, 1, 2", "1, 1, 1, 1", "0.5, 0.5, 1, 2", "3, 10, 10, 4", "1e7, 1e7, 10000000, 1"
    })
    void thePolicyIsTheBurstInTheTimeItTakesToFill(double rate, double burst, long quota, long window) {
        assertThat(new RateLimitFields(rate, burst).policy()).isEqualTo("\"default\";q=" + quota + ";w=" + window);
    }

    @Test
    void numbersStayWithinThoseOfAStructuredField() {
        // RFC 9651, section 3.3.1: at most 15 digits.
        assertThat(new RateLimitFields(Double.MIN_VALUE, 1).policy()).isEqualTo("\"default\";q=1;w=999999999999999");
    }

    @Test
    void nothingRemainsBesideARejection() {
        RateLimitFields fields = new RateLimitFields(1, 1);
        assertThat(fields.rateLimit(Rejection.of(Reason.CLIENT_RATE, 7))).isEqualTo("\"default\";r=0;t=7");
        assertThat(fields.rateLimit(Rejection.of(Reason.CLIENT_RATE, 0))).isEqualTo("\"default\";r=0;t=1");
    }
}
