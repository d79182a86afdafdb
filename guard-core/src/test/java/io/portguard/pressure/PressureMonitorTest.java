package io.portguard.pressure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.portguard.ManualClock;
import io.portguard.pressure.PressureMonitor.Change;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PressureMonitorTest {

    private final ManualClock clock = new ManualClock();
    private final List<Change> changes = new ArrayList<>();
    private final PressureMonitor monitor = new PressureMonitor(clock, changes::add);

    private final class Fixed implements PressureSource {
        private final String name;
        private double fraction;
        private Pace pace = Pace.QUICK;
        private int asked;
        private int costMillis;

        Fixed(String name, double fraction) {
            this.name = name;
            this.fraction = fraction;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Pace pace() {
            return pace;
        }

        @Override
        public double sample(long nowNanos) {
            asked++;
            clock.advanceMillis(costMillis);
            if (fraction < 0) {
                throw new IllegalStateException("it is broken");
            }
            return fraction;
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0.49, 0", "0.5, 0", "0.75, 0.5", "1, 1", "7, 1", "Infinity, 1", "NaN, 0"})
    void loadIsShedFromItsStartToItsFullReading(double reading, double overload) {
        monitor.add(new Fixed("a", reading), Trigger.queue(0.5, 1));
        monitor.add(new Fixed("b", reading), Trigger.stock(0.5, 1));
        assertThat(monitor.sample(0).queue()).isEqualTo(overload);
        assertThat(monitor.sample(0).stock()).isEqualTo(overload);
    }

    @Test
    void theWorstSourceCounts() {
        monitor.add(new Fixed("a", 0.6), Trigger.queue(0.5, 1));
        monitor.add(new Fixed("b", 0.9), Trigger.acceptQueue(0.5, 1));
        monitor.add(new Fixed("c", 0), Trigger.queue(0.5, 1));
        Overload overload = monitor.sample(0);
        assertThat(overload.queue()).isEqualTo(0.8);
        assertThat(overload.stock()).isZero();
        assertThat(overload.worst()).isNotNull();
        assertThat(overload.worst().source()).isEqualTo("b");
        assertThat(overload.without("b").queue()).isCloseTo(0.2, within(1e-9));
        assertThat(monitor.readings()).containsExactly(Map.entry("a", 0.6), Map.entry("b", 0.9), Map.entry("c", 0.0));
    }

    @Test
    void aSourceThatFailsIsAbsentIsToldOfOnceAndIsAskedAgainAfterAWhile() {
        Fixed broken = new Fixed("broken", 1);
        monitor.add(broken, Trigger.queue(0.5, 1));
        monitor.add(new Fixed("sound", 0.75), Trigger.queue(0.5, 1));
        assertThat(monitor.sample(clock.nanoTime()).queue()).isEqualTo(1);
        broken.fraction = -1;
        for (int tick = 0; tick < 20; tick++) {
            assertThat(monitor.sample(clock.nanoTime()).queue()).isEqualTo(0.5);
        }
        assertThat(broken.asked).as("how often it was asked").isEqualTo(2);
        assertThat(monitor.readings()).containsOnlyKeys("sound");
        assertThat(monitor.names()).containsExactly("broken", "sound");
        assertThat(monitor.report().get(0).absentBecause()).isEqualTo("it is broken");
        assertThat(changes)
                .extracting(Change::source, Change::is, Change::why)
                .containsExactly(tuple("broken", false, "it is broken"));
        broken.fraction = 0.6;
        clock.advanceSeconds(1);
        monitor.sample(clock.nanoTime());
        assertThat(monitor.readings()).containsOnlyKeys("broken", "sound");
        assertThat(changes).extracting(Change::is).containsExactly(false, true);
        assertThat(monitor.report().get(0).absentBecause()).isNull();
    }

    @Test
    void aSourceWithNothingToTellIsNotTalkedOf() {
        monitor.add(new Fixed("silent", Double.NaN), Trigger.queue(0.5, 1));
        monitor.sample(0);
        assertThat(monitor.readings()).isEmpty();
        assertThat(changes).isEmpty();
    }

    @Test
    void aSlowSourceIsNotAskedByTheTick() {
        Fixed slow = new Fixed("slow", 0.75);
        slow.pace = PressureSource.Pace.SLOW;
        monitor.add(slow, Trigger.stock(0.5, 1));
        assertThat(monitor.sample(0).stock()).isZero();
        monitor.ask(PressureSource.Pace.MAY_HANG, 0);
        assertThat(slow.asked).isZero();
        monitor.ask(PressureSource.Pace.SLOW, 0);
        assertThat(monitor.has(PressureSource.Pace.SLOW)).isTrue();
        assertThat(monitor.has(PressureSource.Pace.MAY_HANG)).isFalse();
        assertThat(monitor.sample(0).stock()).isEqualTo(0.5);
        assertThat(slow.asked).isOne();
    }

    @Test
    void aDearSourceIsAskedLessOften() {
        Fixed dear = new Fixed("dear", 0.1);
        dear.pace = PressureSource.Pace.SLOW;
        monitor.add(dear, Trigger.none());
        dear.costMillis = 400; // the first time, when all is cold, does not count
        monitor.ask(PressureSource.Pace.SLOW, clock.nanoTime());
        dear.costMillis = 10;
        monitor.ask(PressureSource.Pace.SLOW, clock.nanoTime());
        assertThat(monitor.report().get(0).costNanos())
                .isEqualTo(Duration.ofMillis(10).toNanos());
        assertThat(monitor.report().get(0).interval()).isEqualTo(Duration.ofSeconds(2));
        clock.advanceMillis(1_980);
        monitor.ask(PressureSource.Pace.SLOW, clock.nanoTime());
        assertThat(dear.asked).isEqualTo(2);
        clock.advanceMillis(10);
        monitor.ask(PressureSource.Pace.SLOW, clock.nanoTime());
        assertThat(dear.asked).isEqualTo(3);
    }

    @Test
    void howeverDearOneThatTheTickAsksIsAskedFiveTimesASecond() {
        Fixed dear = new Fixed("dear", 0.1);
        monitor.add(dear, Trigger.none());
        dear.costMillis = 40;
        for (int asking = 0; asking < 9; asking++) {
            monitor.sample(clock.nanoTime());
        }
        assertThat(dear.asked).isEqualTo(8);
        assertThat(monitor.report().get(0).interval()).isEqualTo(Duration.ofMillis(200));
    }

    @Test
    void aSourceCountsOnlyWhileItsConditionHolds() {
        Fixed heap = new Fixed("heap", 0.5);
        monitor.add(heap, Trigger.none());
        monitor.add(new Fixed("gc", 0.9), Trigger.stock(0.2, 0.6).onlyWhile("heap", 0.85));
        assertThat(monitor.sample(0).parts()).isEmpty();
        heap.fraction = 0.9;
        assertThat(monitor.sample(0).stock()).isEqualTo(1);
        heap.fraction = Double.NaN;
        assertThat(monitor.sample(0).parts()).isEmpty();
    }

    @Test
    void anAlarmBeginsAtItsReadingAndEndsATenthBelow() {
        Fixed halfOpen = new Fixed("half-open", 0.99);
        monitor.add(halfOpen, Trigger.alarm(1));
        for (double reading : new double[] {0.99, 1, 0.95, 0.9, 0.89, 0.95, 2, Double.NaN}) {
            halfOpen.fraction = reading;
            assertThat(monitor.sample(0)).isSameAs(Overload.NONE);
        }
        assertThat(changes)
                .extracting(Change::kind, Change::is, Change::reading)
                .containsExactly(
                        tuple(Change.Kind.ALARM, true, 1.0),
                        tuple(Change.Kind.ALARM, false, 0.89),
                        tuple(Change.Kind.ALARM, true, 2.0),
                        tuple(Change.Kind.ALARM, false, Double.NaN));
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "1e300", "Infinity", "NaN"})
    void aReportedSourceShedsNothing(double fraction) {
        monitor.add(new Fixed("reported", fraction), Trigger.none());
        monitor.add(new Fixed("a", 0.75), Trigger.queue(0.5, 1));
        assertThat(monitor.sample(0).queue()).isEqualTo(0.5);
    }

    @ParameterizedTest
    @CsvSource({"-0.1, 1", "1, 1", "2, 1", "NaN, 1", "0, NaN"})
    void boundsThatMakeNoRangeAreRefused(double start, double full) {
        assertThatThrownBy(() -> Trigger.queue(start, full))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("start: " + start + ", full: " + full + " (expected: 0 <= start < full)");
    }

    @Test
    void aNameIsGivenOnce() {
        monitor.add(new Fixed("a", 0), Trigger.none());
        assertThatThrownBy(() -> monitor.add(new Fixed("a", 0), Trigger.none()))
                .hasMessage("source: a twice (expected: each name once)");
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

    /** Samples every 50 ms, and returns the last reading. */
    private double sample(QueueDelay delay, int millis) {
        double reading = 0;
        for (int tick = 0; tick < millis / 50; tick++) {
            clock.advanceMillis(50);
            reading = delay.sample(clock.nanoTime());
        }
        return reading;
    }

    @Test
    void anExecutorThatRunsNothingIsNoticedAfterAQuarterOfASecond() {
        List<Runnable> tasks = new ArrayList<>();
        QueueDelay delay = new QueueDelay(Duration.ofMillis(20));
        delay.watch(tasks::add);
        delay.watch(Runnable::run);
        assertThat(sample(delay, 250)).isZero();
        assertThat(delay.standsStill()).isFalse();
        assertThat(sample(delay, 50)).isEqualTo(12.5);
        assertThat(delay.standsStill()).isTrue();
        assertThat(sample(delay, 1_000)).isEqualTo(62.5);
        assertThat(tasks).as("one at a time").hasSize(1);
        tasks.remove(0).run();
        assertThat(sample(delay, 50)).isZero();
        assertThat(delay.standsStill()).isFalse();
        assertThat(sample(delay, 50)).isZero();
        assertThat(tasks).as("the next").hasSize(1);
    }

    @Test
    void aStandstillOfTheWholeProcessIsNotTheExecutors() {
        QueueDelay delay = new QueueDelay(Duration.ofMillis(20));
        delay.watch(task -> {});
        sample(delay, 100);
        clock.advanceSeconds(60);
        assertThat(delay.sample(clock.nanoTime())).isZero();
    }

    @Test
    void anExecutorThatIsFullIsAskedAgainAndOneThatIsStoppedIsForgotten() {
        List<Runnable> tasks = new ArrayList<>();
        boolean[] full = {true};
        QueueDelay delay = new QueueDelay(Duration.ofMillis(20));
        delay.watch(task -> {
            if (full[0]) {
                throw new RejectedExecutionException("full on purpose");
            }
            tasks.add(task);
        });
        assertThat(sample(delay, 500)).isPositive();
        full[0] = false;
        sample(delay, 50);
        tasks.remove(0).run();
        assertThat(sample(delay, 50)).isZero();

        QueueDelay other = new QueueDelay(Duration.ofMillis(20));
        ExecutorService stopped = Executors.newSingleThreadExecutor();
        other.watch(stopped);
        stopped.shutdownNow();
        other.watch(task -> {
            throw new IllegalStateException("stopped on purpose");
        });
        assertThat(sample(other, 2_000)).isZero();
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
    void fileDescriptorsAreAFraction() throws Exception {
        FileDescriptors descriptors = new FileDescriptors();
        assertThat(descriptors.sample(0))
                .satisfiesAnyOf(
                        fraction -> assertThat(fraction).isBetween(0.0, 1.0),
                        fraction -> assertThat(fraction).isNaN());
        assertThat(descriptors.name()).isEqualTo("file-descriptors");
    }
}
