package io.portguard.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.IpAddress;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UntrustedProxyTest {

    private static final IpAddress PROXY = IpAddress.parse("10.0.0.1").orElseThrow();

    private final UntrustedProxy proxy = new UntrustedProxy();
    private final SplittableRandom random = new SplittableRandom(91);

    private record Request(Map<String, String> headers) implements RequestOrigin {

        @Override
        public @Nullable String header(String name) {
            return headers.get(name);
        }

        @Override
        public @Nullable String principal() {
            return null;
        }
    }

    private void traffic(int percentOfProxy, IntFunction<Map<String, String>> headers) {
        for (int i = 0; i < 2_000; i++) {
            if (random.nextInt(100) < percentOfProxy) {
                proxy.seen(PROXY, new Request(headers.apply(i)));
            } else {
                proxy.seen(IpAddress.ofIpv4(random.nextInt()), new Request(Map.of("X-Forwarded-For", "192.0.2.1")));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"X-Forwarded-For, 192.0.2.", "Forwarded, for=192.0.2.", "X-Forwarded-For, unknown"})
    void aPeerThatSendsMostAndForwardsForSeveralIsFound(String header, String value) {
        traffic(90, i -> Map.of(header, value + i % 7));
        assertThat(proxy.found()).isEqualTo(PROXY);
    }

    @Test
    void aPeerThatSendsLessThanHalfIsNone() {
        traffic(30, i -> Map.of("X-Forwarded-For", "192.0.2." + i % 7));
        assertThat(proxy.found()).isNull();
    }

    @Test
    void aPeerThatSendsMostAndForwardsNothingIsNone() {
        traffic(95, i -> Map.of());
        assertThat(proxy.found()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"X-Forwarded-For, 192.168.1.5", "Forwarded, for=192.168.1.5"})
    void oneHeavyClientBehindAProxyOfItsOwnIsNone(String header, String value) {
        traffic(95, i -> Map.of(header, value));
        assertThat(proxy.found()).isNull();
    }

    @Test
    void oneThatForwardsOnlyNowAndThenIsNone() {
        traffic(95, i -> i % 2 == 0 ? Map.of() : Map.of("X-Forwarded-For", "192.0.2." + i % 7));
        assertThat(proxy.found()).isNull();
    }

    @Test
    void whatAServletShowsWhereNothingWasForwardedIsNoForwarding() {
        traffic(95, i -> Map.of("X-Forwarded-For", "10.0.0.1"));
        assertThat(proxy.found()).isNull();
    }

    @Test
    void whatAServletShowsDoesNotHideTheOtherHeader() {
        traffic(95, i -> Map.of("X-Forwarded-For", "10.0.0.1", "Forwarded", "for=192.0.2." + i % 7));
        assertThat(proxy.found()).isEqualTo(PROXY);
    }
}
