package io.portguard.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class QueueSizeTest {

    private static final long WINDOW_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    /** Requests a window of a fast service, and a nanosecond. */
    private static final int FAST = 80;

    private static final double FAST_RATE = (double) FAST / WINDOW_NANOS;

    private final QueueSize size = new QueueSize();

    @Test
    void aTryThatDeliversMoreIsKept() {
        size.tryOther(FAST_RATE / 1.3);
        assertThat(windowsTried(FAST)).isEqualTo(17); // 850 ms
        assertThat(size.isSmall()).isTrue();
    }

    @Test
    void aTryThatDeliversHardlyMoreIsNot() {
        size.tryOther(FAST_RATE / 1.1);
        assertThat(windowsTried(FAST)).isEqualTo(17);
        assertThat(size.isSmall()).isFalse();
    }

    @Test
    void aTryThatDeliversLessIsBrokenOffAsSoonAsThatIsCertain() {
        size.tryOther(FAST_RATE / 0.9);
        assertThat(windowsTried(FAST)).isEqualTo(8); // 250 ms to settle, and three windows of 80 requests
        assertThat(size.isSmall()).isFalse();
    }

    @Test
    void ofASlowServiceNothingIsCertainBeforeTheEnd() {
        size.tryOther(FAST_RATE / 10);
        assertThat(windowsTried(FAST / 20)).isEqualTo(17);
        assertThat(size.isSmall()).isFalse();
    }

    @Test
    void theFullQueueIsTriedAgainAndItsHarmIsSeenAtOnce() {
        size.useSmall();
        while (!size.isTrying()) {
            size.tryOther(FAST_RATE / 0.6);
        }
        assertThat(size.part()).isEqualTo(1);
        assertThat(windowsTried(FAST)).isEqualTo(8);
        assertThat(size.isSmall()).isTrue();
    }

    /** For how many windows, each with so many requests, the other size is tried. */
    private int windowsTried(int requests) {
        int windows = 0;
        while (size.isTrying()) {
            size.next(new Window(WINDOW_NANOS, requests, requests, 0, 0, 0, 0, 0, requests, 1, 0));
            windows++;
        }
        return windows;
    }
}
