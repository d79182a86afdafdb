package io.portguard.pressure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PressureMonitorTest {

    private final PressureMonitor monitor = new PressureMonitor();

    private static final class Fixed implements PressureSource {
        private final String name;
        private double fraction;

        Fixed(String name, double fraction) {
            this.name = name;
            this.fraction = fraction;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public double sample(long nowNanos) {
            if (fraction < 0) {
                throw new IllegalStateException("broken");
            }
            return fraction;
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0.49, 0", "0.5, 0", "0.75, 0.5", "1, 1", "7, 1", "Infinity, 1", "NaN, 0"})
    void loadIsShedFromItsStartToItsFullFraction(double fraction, double overload) {
        monitor.add(new Fixed("a", fraction), 0.5, 1);
        assertThat(monitor.sample(0)).isEqualTo(overload);
    }

    @Test
    void theWorstSourceCounts() {
        monitor.add(new Fixed("a", 0.6), 0.5, 1);
        monitor.add(new Fixed("b", 0.9), 0.5, 1);
        monitor.add(new Fixed("c", 0), 0.5, 1);
        assertThat(monitor.sample(0)).isEqualTo(0.8);
        assertThat(monitor.readings())
                .containsExactly(
                        java.util.Map.entry("a", 0.6), java.util.Map.entry("b", 0.9), java.util.Map.entry("c", 0.0));
    }

    @Test
    void aSourceThatThrowsIsAbsentAndTheOthersCount() {
        Fixed broken = new Fixed("broken", 1);
        monitor.add(broken, 0.5, 1);
        monitor.add(new Fixed("sound", 0.75), 0.5, 1);
        assertThat(monitor.sample(0)).isEqualTo(1);
        broken.fraction = -1;
        assertThat(monitor.sample(0)).isEqualTo(0.5);
        assertThat(monitor.readings()).containsOnlyKeys("sound");
        assertThat(monitor.names()).containsExactly("broken", "sound");
        broken.fraction = 0.6;
        monitor.sample(0);
        assertThat(monitor.readings()).containsOnlyKeys("broken", "sound");
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "1e300", "Infinity", "NaN"})
    void aReportedSourceShedsNothing(double fraction) {
        monitor.addReported(new Fixed("reported", fraction));
        monitor.add(new Fixed("a", 0.75), 0.5, 1);
        assertThat(monitor.sample(0)).isEqualTo(0.5);
    }

    @ParameterizedTest
    @CsvSource({"-0.1, 1", "1, 1", "2, 1", "NaN, 1", "0, NaN"})
    void boundsThatMakeNoRangeAreRefused(double start, double full) {
        assertThatThrownBy(() -> monitor.add(new Fixed("a", 0), start, full))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("start: " + start + ", full: " + full + " (expected: 0 <= start < full)");
    }

    @Test
    void theQueueDelayIsTheLeastWaitOfAWindow() {
        QueueDelay delay = new QueueDelay(Duration.ofMillis(20));
        assertThat(delay.sample(0)).isZero();
        delay.record(Duration.ofMillis(50).toNanos());
        delay.record(Duration.ofMillis(40).toNanos());
        assertThat(delay.sample(Duration.ofMillis(99).toNanos())).isZero();
        assertThat(delay.sample(Duration.ofMillis(100).toNanos())).isEqualTo(2);
        // A queue that was empty for a moment is not standing.
        delay.record(Duration.ofMillis(500).toNanos());
        delay.record(0);
        assertThat(delay.sample(Duration.ofMillis(150).toNanos())).isEqualTo(2);
        assertThat(delay.sample(Duration.ofMillis(200).toNanos())).isZero();
    }

    @Test
    void aWindowWithoutTasksHasNoDelay() {
        QueueDelay delay = new QueueDelay(Duration.ofMillis(20));
        delay.sample(0);
        delay.record(Duration.ofSeconds(1).toNanos());
        assertThat(delay.sample(Duration.ofMillis(100).toNanos())).isEqualTo(50);
        assertThat(delay.sample(Duration.ofMillis(200).toNanos())).isZero();
    }

    @Test
    void theTargetMayChange() {
        QueueDelay delay = new QueueDelay(Duration.ofMillis(20));
        delay.sample(0);
        delay.target(Duration.ofMillis(10));
        delay.record(Duration.ofMillis(20).toNanos());
        assertThat(delay.sample(Duration.ofMillis(100).toNanos())).isEqualTo(2);
    }

    @Test
    void aWaitBelowZeroIsNone() {
        QueueDelay delay = new QueueDelay(Duration.ofMillis(20));
        delay.sample(0);
        delay.record(-5);
        assertThat(delay.sample(Duration.ofMillis(100).toNanos())).isZero();
    }

    @Test
    void theQueueDelayGoesOnWhenTheClockWrapsAround() {
        QueueDelay delay = new QueueDelay(Duration.ofMillis(20));
        long start = Long.MAX_VALUE - Duration.ofMillis(50).toNanos();
        delay.sample(start);
        delay.record(Duration.ofMillis(20).toNanos());
        assertThat(delay.sample(start + Duration.ofMillis(99).toNanos())).isZero();
        assertThat(delay.sample(start + Duration.ofMillis(100).toNanos())).isEqualTo(1);
    }

    @Test
    void fileDescriptorsAreAFraction() {
        FileDescriptors descriptors = new FileDescriptors();
        assertThat(descriptors.sample(0))
                .satisfiesAnyOf(
                        fraction -> assertThat(fraction).isBetween(0.0, 1.0),
                        fraction -> assertThat(fraction).isNaN());
        assertThat(descriptors.name()).isEqualTo("file-descriptors");
    }
}
