package io.portguard.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portguard.ManualClock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AscendingTest {

    private static final Setting<Integer> LOW = Setting.of("low", SettingType.wholeNumber(1, 100), 5, "The least.");
    private static final Setting<Integer> MID = Setting.of("mid", SettingType.wholeNumber(1, 100), 20, "The first.");
    private static final Setting<Integer> TOP = Setting.of("top", SettingType.wholeNumber(1, 100), 50, "The most.");
    private static final List<Setting<Integer>> ALL = List.of(LOW, MID, TOP);
    private static final Constraint ORDER = Constraint.ascending(ALL);

    private final ManualClock clock = new ManualClock();

    private Settings settings(Map<String, String> configuration) {
        return new Settings(List.copyOf(ALL), List.of(ORDER), configuration, clock);
    }

    private static String values(Settings settings) {
        SettingValues values = settings.values();
        return values.get(LOW) + " " + values.get(MID) + " " + values.get(TOP);
    }

    private static Map<String, String> configuration(String text) {
        Map<String, String> configuration = new HashMap<>();
        for (String each : text.split(" ", -1)) {
            String[] entry = each.split("=", -1);
            configuration.put(entry[0], entry[1]);
        }
        return configuration;
    }

    @ParameterizedTest
    @CsvSource({
        "top=60, 5 20 60",
        "top=10, 5 10 10",
        "top=3, 3 3 3",
        "low=30, 30 30 50",
        "low=60, 60 60 60",
        "mid=3, 3 3 50",
        "mid=80, 5 80 80",
        "mid=20 top=20, 5 20 20",
        "low=1 top=10, 1 10 10",
        "low=30 top=40, 30 30 40",
        "low=7 mid=8 top=9, 7 8 9"
    })
    void aDefaultGivesWayToWhatWasSet(String configuration, String values) {
        Settings settings = settings(configuration(configuration));
        assertThat(values(settings)).isEqualTo(values);
        assertThat(ALL).noneMatch(settings::isTuned);
    }

    @ParameterizedTest
    @CsvSource({
        "mid=30 top=10, mid: \"30\"; top: \"10\" (expected: low <= mid <= top)",
        "low=30 top=10, low: \"30\"; top: \"10\" (expected: low <= mid <= top)",
        "low=30 mid=20 top=10, low: \"30\"; mid: \"20\"; top: \"10\" (expected: low <= mid <= top)"
    })
    void whatWasSetGivesWayToNothing(String configuration, String message) {
        assertThatThrownBy(() -> settings(configuration(configuration)))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage(message.replace(';', ','));
    }

    @Test
    void aValueThatWasSetToItsDefaultIsSet() {
        assertThatThrownBy(() -> settings(Map.of("mid", "20", "top", "10")))
                .hasMessage("mid: \"20\", top: \"10\" (expected: low <= mid <= top)");
    }

    @Test
    void aDefaultGivesWayToATuningAndComesBackAfterIt() {
        Settings settings = settings(Map.of());
        List<SettingChange> changes = new ArrayList<>();
        settings.onEachChange(changes::add);
        settings.tune("top", "10", 60, "jmx");
        assertThat(values(settings)).isEqualTo("5 10 10");
        assertThat(changes)
                .containsExactly(
                        new SettingChange("jmx", "mid", "20", "10", 60),
                        new SettingChange("jmx", "top", "50", "10", 60));
        clock.advanceSeconds(60);
        settings.expire(clock.nanoTime());
        assertThat(values(settings)).isEqualTo("5 20 50");
        settings.tune("low", "70", 0);
        assertThat(values(settings)).isEqualTo("70 70 70");
        settings.revert();
        assertThat(values(settings)).isEqualTo("5 20 50");
    }

    @Test
    void aTuningIsRefusedWhenWhatWasSetIsInItsWay() {
        Settings settings = settings(Map.of("mid", "20"));
        assertThatThrownBy(() -> settings.tune("top", "10", 0))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("top: \"10\" (expected: low <= mid <= top)");
        settings.tune("mid", "8", 60);
        assertThatThrownBy(() -> settings.tune("top", "10", 61))
                .hasMessage("top: \"10\" (expected: low <= mid <= top)");
        settings.tune("top", "10", 59);
        assertThat(values(settings)).isEqualTo("5 8 10");
    }

    @Test
    void onlyWhatWasSetIsChanged() {
        Settings settings = settings(Map.of("top", "10"));
        assertThat(settings.isChanged(TOP)).isTrue();
        assertThat(settings.isChanged(MID)).isFalse();
        assertThat(settings.text(MID)).isEqualTo("10");
        assertThat(settings.configuredText(MID)).isEqualTo("10");
        assertThat(settings.defaultText(MID)).isEqualTo("20");
    }

    @ParameterizedTest
    @ValueSource(longs = {81, 82, 83, 84})
    void whatIsSetStandsAndTheRestKeepsTheOrderAsNearToItsDefaultAsItCan(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int sound = 0;
        for (int i = 0; i < 2_000; i++) {
            Map<String, String> set = new HashMap<>();
            ALL.forEach(setting -> {
                if (random.nextBoolean()) {
                    set.put(setting.name(), Integer.toString(1 + random.nextInt(100)));
                }
            });
            Settings settings;
            try {
                settings = settings(set);
            } catch (InvalidSettingException contradiction) {
                assertThat(contradiction.values()).as("seed %d", seed).isEqualTo(set);
                assertThat(set).hasSizeGreaterThan(1);
                continue;
            }
            sound++;
            int[] values = ALL.stream().mapToInt(settings.values()::get).toArray();
            assertThat(values).as("seed %d, %s", seed, set).isSorted();
            for (int s = 0; s < values.length; s++) {
                String asSet = set.get(ALL.get(s).name());
                int wanted = asSet == null ? ALL.get(s).defaultValue() : Integer.parseInt(asSet);
                int got = values[s];
                if (asSet != null) {
                    assertThat(got).isEqualTo(wanted);
                } else if (got != wanted) {
                    // It stands at a value that was set, beyond which its default would be.
                    assertThat(IntStream.range(0, values.length))
                            .anyMatch(other -> values[other] == got
                                    && set.containsKey(ALL.get(other).name()));
                }
            }
        }
        assertThat(sound).isGreaterThan(500);
    }
}
