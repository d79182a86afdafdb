package io.portguard.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.ClientKey;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ScanWatchTest {

    private static final ClientKey SCANNER = ClientKey.named("scanner");

    private final ScanWatch watch = new ScanWatch();

    private boolean touched(Object port, long second) {
        return watch.touched(SCANNER, port, TimeUnit.SECONDS.toNanos(second) - 7);
    }

    @Test
    void theThirdPortWithinAMinuteIsAScan() {
        assertThat(touched(80, 0)).isFalse();
        assertThat(touched(443, 30)).isFalse();
        assertThat(touched(22, 60)).isTrue();
    }

    @Test
    void theSamePortOftenIsNone() {
        for (int second = 0; second < 1_000; second++) {
            assertThat(touched(80 + second % 2, second)).isFalse();
        }
    }

    @Test
    void portsThatAreFarApartInTimeAreNone() {
        for (int port = 1; port < 1_000; port++) {
            assertThat(touched(port, port * 31L)).isFalse();
        }
    }

    @Test
    void aScanIsToldOnceAndBeginsAnew() {
        touched(1, 0);
        touched(2, 0);
        assertThat(touched(3, 0)).isTrue();
        assertThat(touched(4, 0)).isFalse();
        assertThat(touched(5, 0)).isFalse();
        assertThat(touched(6, 0)).isTrue();
    }

    @Test
    void eachClientIsWatchedByItself() {
        touched(1, 0);
        touched(2, 0);
        assertThat(watch.touched(ClientKey.named("other"), 3, 0)).isFalse();
    }
}
