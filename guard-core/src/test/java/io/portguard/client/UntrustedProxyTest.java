package io.portguard.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.IpAddress;
import java.util.Map;
import java.util.SplittableRandom;
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

    private void traffic(int percentOfProxy, Map<String, String> headers) {
        for (int i = 0; i < 2_000; i++) {
            if (random.nextInt(100) < percentOfProxy) {
                proxy.seen(PROXY, new Request(headers));
            } else {
                proxy.seen(IpAddress.ofIpv4(random.nextInt()), new Request(Map.of("X-Forwarded-For", "192.0.2.1")));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"X-Forwarded-For, 192.0.2.1", "Forwarded, for=192.0.2.1", "X-Forwarded-For, unknown"})
    void aPeerThatSendsMostAndForwardsIsFound(String header, String value) {
        traffic(90, Map.of(header, value));
        assertThat(proxy.found()).isEqualTo(PROXY);
    }

    @Test
    void aPeerThatSendsLessThanHalfIsNone() {
        traffic(30, Map.of("X-Forwarded-For", "192.0.2.1"));
        assertThat(proxy.found()).isNull();
    }

    @Test
    void aPeerThatSendsMostAndForwardsNothingIsNone() {
        traffic(95, Map.of());
        assertThat(proxy.found()).isNull();
    }

    @Test
    void whatAServletShowsWhereNothingWasForwardedIsNoForwarding() {
        traffic(95, Map.of("X-Forwarded-For", "10.0.0.1"));
        assertThat(proxy.found()).isNull();
    }
}
