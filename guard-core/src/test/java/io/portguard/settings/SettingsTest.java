package io.portguard.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portguard.ManualClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

    private static final Setting<Integer> MIN = Setting.of("min", SettingType.wholeNumber(1, 100), 2, "The least.");
    private static final Setting<Integer> MAX = Setting.of("max", SettingType.wholeNumber(1, 100), 50, "The most.");
    private static final Setting<Double> RATE =
            Setting.unset("rate", SettingType.positiveNumber("a rate", 9), "A rate.");
    private static final Setting<Integer> SIZE =
            Setting.of("size", SettingType.wholeNumber(1, 9), 3, "A size.").fixed();
    private static final Constraint ORDERED =
            Constraint.of("min <= max", List.of(MIN, MAX), values -> values.get(MIN) <= values.get(MAX));

    private final ManualClock clock = new ManualClock();
    private final Settings settings = settings(Map.of());

    private Settings settings(Map<String, String> configuration) {
        return new Settings(List.of(MIN, MAX, RATE, SIZE), List.of(ORDERED), configuration, clock);
    }

    private int min() {
        return settings.values().get(MIN);
    }

    private int max() {
        return settings.values().get(MAX);
    }

    private void goOn(long seconds) {
        clock.advanceSeconds(seconds);
        settings.expire(clock.nanoTime());
    }

    private void assertRefused(String name, String text, long seconds, String message) {
        SettingValues before = settings.values();
        assertThatThrownBy(() -> settings.tune(name, text, seconds))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage(message);
        assertThat(settings.values()).isSameAs(before);
    }

    @Test
    void whatIsNotConfiguredHasItsDefault() {
        Settings configured = settings(Map.of("min", "7", "rate", "2.5"));
        assertThat(configured.values().get(MIN)).isEqualTo(7);
        assertThat(configured.values().get(MAX)).isEqualTo(50);
        assertThat(configured.text(RATE)).isEqualTo("2.5");
        assertThat(settings.text(RATE)).isEqualTo("unset");
        assertThat(configured.defaultText(MIN)).isEqualTo("2");
        assertThat(configured.isChanged(MIN)).isTrue();
        assertThat(configured.isChanged(MAX)).isFalse();
        assertThat(configured.isTuned(MIN)).isFalse();
        configured.tune("min", "9", 0);
        assertThat(configured.isTuned(MIN)).isTrue();
        assertThat(configured.text(MIN)).isEqualTo("9");
        assertThat(configured.configuredText(MIN)).isEqualTo("7");
        assertThatThrownBy(() -> settings.values().get(RATE))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("rate is unset");
    }

    @Test
    void aWrongConfigurationIsRefusedWithASentence() {
        assertThatThrownBy(() -> settings(Map.of("mni", "7")))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("mni: \"7\" (expected: the name of a setting: min, max, rate, size)");
        assertThatThrownBy(() -> settings(Map.of("min", "seven")))
                .hasMessage("min: \"seven\" (expected: a whole number from 1 to 100)");
        assertThatThrownBy(() -> settings(Map.of("min", "60")))
                .hasMessage("min: \"60\", max: \"50\" (expected: min <= max)");
    }

    @Test
    void aTuningForGoodStays() {
        settings.tune("min", "10", 0);
        assertThat(min()).isEqualTo(10);
        goOn(1_000_000);
        assertThat(min()).isEqualTo(10);
        assertThat(settings.secondsLeft(MIN)).isZero();
    }

    @Test
    void aTuningForATimeRevertsByItself() {
        settings.tune("min", "10", 30);
        assertThat(min()).isEqualTo(10);
        assertThat(settings.secondsLeft(MIN)).isEqualTo(30);
        clock.advanceMillis(29_999);
        settings.expire(clock.nanoTime());
        assertThat(min()).isEqualTo(10);
        assertThat(settings.secondsLeft(MIN)).isOne();
        clock.advanceMillis(1);
        settings.expire(clock.nanoTime());
        assertThat(min()).isEqualTo(2);
        assertThat(settings.secondsLeft(MIN)).isZero();
    }

    @Test
    void aTuningForATimeGoesBackToWhatWasTunedForGood() {
        settings.tune("min", "10", 0);
        settings.tune("min", "20", 5);
        settings.tune("min", "30", 50);
        goOn(10);
        assertThat(min()).isEqualTo(30);
        goOn(41);
        assertThat(min()).isEqualTo(10);
    }

    @Test
    void aTuningForGoodEndsATuningForATime() {
        settings.tune("min", "20", 60);
        settings.tune("min", "10", 0);
        assertThat(min()).isEqualTo(10);
        assertThat(settings.secondsLeft(MIN)).isZero();
        goOn(61);
        assertThat(min()).isEqualTo(10);
    }

    @Test
    void aValueMayBeUnsetForATime() {
        settings.tune("rate", "5", 0);
        settings.tune("rate", "unset", 10);
        assertThat(settings.values().find(RATE)).isNull();
        goOn(10);
        assertThat(settings.values().find(RATE)).isEqualTo(5.0);
    }

    @Test
    void revertTakesEverythingBackToTheConfiguration() {
        settings.tune("min", "10", 0);
        settings.tune("max", "60", 100);
        settings.revert();
        assertThat(min()).isEqualTo(2);
        assertThat(max()).isEqualTo(50);
        assertThat(settings.secondsLeft(MAX)).isZero();
    }

    @Test
    void whatIsNotAcceptableIsRefusedAndChangesNothing() {
        assertRefused("min", "x", 0, "min: \"x\" (expected: a whole number from 1 to 100)");
        assertRefused("min", "101", 0, "min: \"101\" (expected: a whole number from 1 to 100)");
        assertRefused("min", "51", 0, "min: \"51\" (expected: min <= max)");
        assertRefused("nim", "5", 0, "nim: \"5\" (expected: the name of a setting: min, max, rate, size)");
        assertRefused("size", "5", 0, "size: \"5\" (expected: no change while running; set it in the configuration)");
        assertRefused("min", "5", -1, "min: \"5\" (expected: a time from 0 to 31622400 seconds, not -1)");
        assertRefused("min", "5", 31_622_401, "min: \"5\" (expected: a time from 0 to 31622400 seconds, not 31622401)");
        assertRefused(
                "min",
                "5",
                Long.MAX_VALUE,
                "min: \"5\" (expected: a time from 0 to 31622400 seconds, not " + Long.MAX_VALUE + ")");
    }

    @Test
    void whatWouldBeWrongOnceATuningHasEndedIsRefusedNow() {
        settings.tune("max", "90", 60);
        assertRefused("min", "70", 0, "min: \"70\" (expected: min <= max)");
        assertRefused("min", "70", 61, "min: \"70\" (expected: min <= max)");
        settings.tune("min", "70", 59);
        assertThat(min()).isEqualTo(70);
        goOn(59);
        assertThat(min()).isEqualTo(2);
        goOn(1);
        assertThat(max()).isEqualTo(50);
    }

    @Test
    void whatWouldBeWrongBetweenTwoEndsIsRefusedNow() {
        settings.tune("max", "90", 10);
        settings.tune("min", "60", 9);
        assertRefused("max", "95", 8, "max: \"95\" (expected: min <= max)");
        assertThat(max()).isEqualTo(90);
    }

    @Test
    void theListenerIsToldTheValuesNowAndWheneverTheyChange() {
        List<Integer> told = new ArrayList<>();
        settings.onChange(values -> told.add(values.get(MIN)));
        settings.tune("min", "10", 5);
        assertThatThrownBy(() -> settings.tune("min", "200", 0)).isInstanceOf(InvalidSettingException.class);
        settings.expire(clock.nanoTime());
        goOn(5);
        settings.tune("min", "20", 0);
        settings.revert();
        assertThat(told).containsExactly(2, 10, 2, 20, 2);
    }

    @Test
    void aTuningMayBeginShortBeforeTheClockWrapsAround() {
        ManualClock wrapping = new ManualClock(Long.MAX_VALUE - 1_000);
        Settings wrapped = new Settings(List.of(MIN, MAX), List.of(ORDERED), Map.of(), wrapping);
        wrapped.tune("min", "10", 5);
        wrapping.advanceSeconds(4);
        wrapped.expire(wrapping.nanoTime());
        assertThat(wrapped.values().get(MIN)).isEqualTo(10);
        wrapping.advanceSeconds(1);
        wrapped.expire(wrapping.nanoTime());
        assertThat(wrapped.values().get(MIN)).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(longs = {71, 72, 73, 74})
    void whateverIsTunedWhenTheConstraintAlwaysHolds(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Settings tuned = settings(Map.of());
        tuned.onChange(values -> assertThat(values.get(MIN)).as("seed %d", seed).isLessThanOrEqualTo(values.get(MAX)));
        int accepted = 0;
        for (int i = 0; i < 3_000; i++) {
            switch (random.nextInt(10)) {
                case 0 -> tuned.revert();
                case 1, 2, 3 -> {
                    clock.advanceMillis(random.nextLong(20_000));
                    tuned.expire(clock.nanoTime());
                }
                default -> {
                    String name = random.nextBoolean() ? "min" : "max";
                    try {
                        tuned.tune(name, Integer.toString(1 + random.nextInt(100)), random.nextInt(3) * 7L);
                        accepted++;
                    } catch (InvalidSettingException refused) {
                        assertThat(refused).hasMessageContaining("min <= max");
                    }
                }
            }
        }
        clock.advanceSeconds(100);
        tuned.expire(clock.nanoTime());
        assertThat(accepted).isGreaterThan(200);
        assertThat(tuned.secondsLeft(MIN)).isZero();
    }

    @Test
    void severalMayTuneAtOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        AtomicReference<SettingValues> wrong = new AtomicReference<>();
        List<Integer> told = new ArrayList<>();
        settings.onChange(values -> {
            told.add(values.get(MIN));
            if (!ORDERED.holds(values)) {
                wrong.set(values);
            }
        });
        try {
            List<Future<?>> tuners = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                SplittableRandom random = new SplittableRandom(t);
                tuners.add(threads.submit(() -> {
                    for (int i = 0; i < 1_000; i++) {
                        try {
                            settings.tune(
                                    random.nextBoolean() ? "min" : "max",
                                    "" + (1 + random.nextInt(100)),
                                    random.nextInt(2));
                        } catch (InvalidSettingException refused) {
                            Objects.requireNonNull(refused.getMessage());
                        }
                        clock.advanceMillis(7);
                        settings.expire(clock.nanoTime());
                        if (!ORDERED.holds(settings.values())) {
                            wrong.set(settings.values());
                        }
                    }
                }));
            }
            for (Future<?> tuner : tuners) {
                tuner.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(wrong).hasNullValue();
        assertThat(told.get(told.size() - 1)).isEqualTo(settings.values().get(MIN));
    }
}
