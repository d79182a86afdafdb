package io.portguard.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingTypeTest {

    private enum Colour {
        RED,
        DARK_BLUE,
        GREEN
    }

    private static <T> T read(SettingType<T> type, String text) {
        return type.parse().apply(text).orElseThrow(() -> new AssertionError("refused: " + text));
    }

    private static boolean refuses(SettingType<?> type, String text) {
        return type.parse().apply(text).isEmpty();
    }

    @Test
    void flagsAreTrueOrFalse() {
        SettingType<Boolean> type = SettingType.flag();
        assertThat(read(type, " TRUE ")).isTrue();
        assertThat(read(type, "false")).isFalse();
        assertThat(List.of("", "yes", "1", "on", "truee")).allMatch(text -> refuses(type, text));
        assertThat(type.format().apply(true)).isEqualTo("true");
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "10, 10", "' 7 ', 7", "+5, 5", "1e1, 10", "4.0, 4"})
    void wholeNumbersAreReadAsPeopleAndJmxWriteThem(String text, int number) {
        assertThat(read(SettingType.wholeNumber(1, 10), text)).isEqualTo(number);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "11",
                "-1",
                "1.5",
                "",
                "ten",
                "1 0",
                "0x5",
                "5f",
                "5d",
                "NaN",
                "Infinity",
                "1e400",
                "٥",
                "5,0",
                "1_0"
            })
    void whatIsNoWholeNumberInTheRangeIsRefused(String text) {
        assertThat(refuses(SettingType.wholeNumber(1, 10), text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-0.0", "-1", "101", "NaN", "Infinity", "-Infinity", "1e309", "0x1p3", "1d", ""})
    void whatIsNoPositiveNumberInTheRangeIsRefused(String text) {
        assertThat(refuses(SettingType.positiveNumber("a number", 100), text)).isTrue();
    }

    @Test
    void whatATypeWritesItReadsAgain() {
        SplittableRandom random = new SplittableRandom(61);
        SettingType<Integer> whole = SettingType.wholeNumber(1, Integer.MAX_VALUE);
        SettingType<Double> number = SettingType.positiveNumber("a number", 1e18);
        SettingType<Double> fromOne = SettingType.number("a number", 1, 1e7);
        SettingType<Duration> duration = SettingType.duration(Duration.ofNanos(1), Duration.ofDays(1));
        SettingType<Colour> colour = SettingType.oneOf(Colour.class);
        for (int i = 0; i < 3_000; i++) {
            assertRoundTrip(whole, 1 + random.nextInt(Integer.MAX_VALUE - 1));
            assertRoundTrip(
                    number, Math.max(Double.MIN_VALUE, random.nextDouble() * Math.pow(10, random.nextInt(-300, 18))));
            assertRoundTrip(fromOne, 1 + random.nextDouble() * 1e6);
            assertRoundTrip(
                    duration,
                    Duration.ofNanos(1 + random.nextLong(Duration.ofDays(1).toNanos())));
        }
        for (Colour each : Colour.values()) {
            assertRoundTrip(colour, each);
        }
        assertRoundTrip(number, Double.MIN_VALUE);
        assertRoundTrip(fromOne, 1e7);
    }

    private static <T> void assertRoundTrip(SettingType<T> type, T value) {
        Function<T, String> format = type.format();
        assertThat(type.parse().apply(format.apply(value))).contains(value);
    }

    @Test
    void constantsAreSpelledInLowerCaseWithHyphens() {
        SettingType<Colour> type = SettingType.oneOf(Colour.class);
        assertThat(type.expected()).isEqualTo("red, dark-blue or green");
        assertThat(read(type, " Dark-Blue ")).isEqualTo(Colour.DARK_BLUE);
        assertThat(List.of("dark_blue", "", "blue")).allMatch(text -> refuses(type, text));
    }

    @Test
    void durationsStayInTheirRange() {
        SettingType<Duration> type = SettingType.duration(Duration.ofMillis(1), Duration.ofMinutes(1));
        assertThat(type.expected()).isEqualTo("a duration from 1ms to 1m, such as 20ms or 10s");
        assertThat(List.of("999us", "61s", "0s", "P-1D", "-PT1S")).allMatch(text -> refuses(type, text));
        assertThat(read(type, "60s")).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void listsAreSeparatedByCommasAndMayBeEmpty() {
        SettingType<List<Integer>> type = SettingTypes.list(
                "a list of numbers",
                text -> SettingType.wholeNumber(0, 9).parse().apply(text));
        assertThat(read(type, "1, 2,3 ")).containsExactly(1, 2, 3);
        assertThat(List.of("", " ", "none", "unset"))
                .allMatch(text -> read(type, text).isEmpty());
        assertThat(List.of("1,,2", "1,", ",1", "1;2", "10")).allMatch(text -> refuses(type, text));
        assertThat(type.format().apply(List.of(1, 2))).isEqualTo("1, 2");
        assertThat(type.format().apply(List.of())).isEmpty();
    }

    @Test
    void listsOfNetworksAreWrittenAsTheyWereGiven() {
        var type = SettingTypes.addressRanges();
        assertThat(type.format().apply(read(type, "10.0.0.0/8,2001:db8::/32 , 192.0.2.1")))
                .isEqualTo("10.0.0.0/8, 2001:db8::/32, 192.0.2.1");
        assertThat(List.of("10.0.0.0/33", "10.0.0/8", "host", "10.0.0.0/8/9", "::1/129", "10.0.0.0/-1", "10.0.0.0/"))
                .allMatch(text -> refuses(type, text));
    }

    @Test
    void theMessageSaysTheSettingTheValueAndWhatWasExpected() {
        Setting<Double> rate =
                Setting.unset("clients.rate", SettingType.positiveNumber("a number a second", 1e7), "A rate.");
        assertThatThrownBy(() -> rate.parse("many"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage(
                        "clients.rate: \"many\" (expected: a number a second, above 0 and at most 10000000, or unset)");
    }

    @Test
    void theMessageShowsNoControlCharactersAndNoLongValue() {
        Setting<Boolean> flag = Setting.of("flag", SettingType.flag(), true, "A flag.");
        assertThatThrownBy(() -> flag.parse("a\nb\u001b[31m"))
                .hasMessage("flag: \"a?b?[31m\" (expected: true or false)");
        assertThatThrownBy(() -> flag.parse("x".repeat(1_000)))
                .hasMessage("flag: \"" + "x".repeat(100) + "…\" (expected: true or false)");
    }

    @Test
    void theAttributeOfASettingIsItsNameInCamelCase() {
        assertThat(Setting.unset("clients.rate", SettingType.flag(), "").attributeName())
                .isEqualTo("ClientsRate");
        assertThat(Setting.unset("connections.accept-rate-per-client", SettingType.flag(), "")
                        .attributeName())
                .isEqualTo("ConnectionsAcceptRatePerClient");
    }

    @Test
    void anOptionalSettingMayBeUnsetAndAnotherMayNot() {
        Setting<Boolean> optional = Setting.unset("flag", SettingType.flag(), "");
        assertThat(optional.parse("unset")).isNull();
        assertThat(optional.parse(" None ")).isNull();
        assertThat(optional.parse("")).isNull();
        assertThat(optional.format(null)).isEqualTo("unset");
        Setting<Boolean> required = Setting.of("flag", SettingType.flag(), true, "");
        assertThatThrownBy(() -> required.parse("unset")).hasMessage("flag: \"unset\" (expected: true or false)");
    }
}
