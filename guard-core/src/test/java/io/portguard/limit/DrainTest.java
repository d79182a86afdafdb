package io.portguard.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DrainTest {

    private static final long WINDOW_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int LIMIT = 10;
    /** A service of ten workers and 10 ms. */
    private static final int COMPLETED = 50;

    private static final long LATENCY_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    @Test
    void aDrainWaitsUntilItIsEmptyAndMeasuresAtOnceWhereAWindowWasEmptyThroughout() {
        Drain drain = drain(TimeUnit.MILLISECONDS.toNanos(25));
        drain.next(window(40, 40));
        assertThat(windowsUntilOver(drain, window(LIMIT, LIMIT))).isEqualTo(3); // one empty, two of fifty requests each
        assertThat(drain.served()).isEqualTo(100);
        assertThat(drain.latencyNanos()).isEqualTo((double) LATENCY_NANOS);
        assertThat(drain.foundQueue()).isFalse();
    }

    @Test
    void whatWaitedBeforeHasToEndFirst() {
        assertThat(windowsUntilOver(drain(TimeUnit.MILLISECONDS.toNanos(26)), window(LIMIT, LIMIT)))
                .as("a window that is shorter than two latencies")
                .isEqualTo(4);
        Drain filled = drain(TimeUnit.MILLISECONDS.toNanos(25));
        filled.next(window(LIMIT, 40));
        assertThat(windowsUntilOver(filled, window(LIMIT, LIMIT)))
                .as("a window in which more was in flight at first")
                .isEqualTo(3); // one to settle, and two
        assertThat(windowsUntilOver(drain(LATENCY_NANOS), window(LIMIT, LIMIT, 19)))
                .as("a window of few requests")
                .isEqualTo(8); // one empty, one to settle, and six of nineteen requests
    }

    @Test
    void whatIsMeasuredBeginsAnewWhenItHasFilledAgain() {
        Drain drain = drain(TimeUnit.MILLISECONDS.toNanos(25));
        drain.next(window(LIMIT, LIMIT));
        drain.next(window(LIMIT, LIMIT));
        drain.next(window(40, 40));
        assertThat(drain.isStrict()).isTrue();
        assertThat(windowsUntilOver(drain, window(LIMIT, LIMIT))).isEqualTo(3);
        assertThat(drain.served()).isEqualTo(100);
    }

    private static Drain drain(long latencyBefore) {
        return new Drain(LIMIT, 2.0 * COMPLETED / WINDOW_NANOS, latencyBefore);
    }

    private static int windowsUntilOver(Drain drain, Window window) {
        int windows = 0;
        while (!drain.isOver()) {
            drain.next(window);
            windows++;
        }
        return windows;
    }

    private static Window window(int inFlight, int peak) {
        return window(inFlight, peak, COMPLETED);
    }

    private static Window window(int inFlight, int peak, int completed) {
        return new Window(
                WINDOW_NANOS,
                completed,
                completed,
                0,
                completed * LATENCY_NANOS,
                (long) completed * inFlight,
                peak,
                inFlight,
                completed,
                1,
                0);
    }
}
