package io.portguard.settings;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * How the values of a setting are read, written and described. Immutable.
 *
 * @param expected what a value has to be, to stand in "(expected: …)"
 * @param jmxType the type that JMX shows for such values
 * @param parse reads a text; empty when it is not as expected, an {@link IllegalArgumentException} where its message can
 *     say better what was
 * @param format writes a value so that {@code parse} reads the same again
 */
public record SettingType<T>(
        String expected, Class<?> jmxType, Function<String, Optional<T>> parse, Function<T, String> format) {

    public static SettingType<Boolean> flag() {
        return new SettingType<>("true or false", Boolean.class, SettingType::parseFlag, String::valueOf);
    }

    /** Whole numbers from {@code min} to {@code max}. */
    public static SettingType<Integer> wholeNumber(int min, int max) {
        String expected = "a whole number from " + min + " to " + max;
        return new SettingType<>(
                expected,
                Integer.class,
                text -> parseNumber(text)
                        .filter(n -> n == Math.rint(n) && n >= min && n <= max)
                        .map(Double::intValue),
                String::valueOf);
    }

    /** Numbers above 0 and up to {@code max}. */
    public static SettingType<Double> positiveNumber(String unit, double max) {
        return new SettingType<>(
                unit + ", above 0 and at most " + plain(max),
                Double.class,
                text -> parseNumber(text).filter(n -> n > 0 && n <= max),
                SettingType::plain);
    }

    /** Numbers from {@code min} to {@code max}. */
    public static SettingType<Double> number(String unit, double min, double max) {
        return new SettingType<>(
                unit + ", from " + plain(min) + " to " + plain(max),
                Double.class,
                text -> parseNumber(text).filter(n -> n >= min && n <= max),
                SettingType::plain);
    }

    /** Durations from {@code min} to {@code max}, written {@code 20ms}, {@code 10s}, {@code 5m}, {@code 1h}. */
    public static SettingType<Duration> duration(Duration min, Duration max) {
        return new SettingType<>(
                "a duration from " + DurationText.format(min) + " to " + DurationText.format(max)
                        + ", such as 20ms or 10s",
                String.class,
                text -> DurationText.parse(text).filter(d -> d.compareTo(min) >= 0 && d.compareTo(max) <= 0),
                DurationText::format);
    }

    /** One of the constants of an enum, spelled in lower case with hyphens. */
    public static <E extends Enum<E>> SettingType<E> oneOf(Class<E> type) {
        E[] constants = type.getEnumConstants();
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < constants.length; i++) {
            expected.append(i == 0 ? "" : i == constants.length - 1 ? " or " : ", ")
                    .append(spelled(constants[i]));
        }
        return new SettingType<>(
                expected.toString(),
                String.class,
                text -> {
                    for (E constant : constants) {
                        if (spelled(constant).equalsIgnoreCase(text.trim())) {
                            return Optional.of(constant);
                        }
                    }
                    return Optional.empty();
                },
                SettingType::spelled);
    }

    /** Whether a text means that a setting has no value. */
    static boolean isUnset(String text) {
        String trimmed = text.trim();
        return trimmed.isEmpty() || trimmed.equalsIgnoreCase("unset") || trimmed.equalsIgnoreCase("none");
    }

    private static Optional<Boolean> parseFlag(String text) {
        return switch (text.trim().toLowerCase(Locale.ROOT)) {
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    private static Optional<Double> parseNumber(String text) {
        try {
            double number = Double.parseDouble(text.trim());
            // Double.parseDouble also reads "NaN", "1f" and "0x1p3", which nobody means as a setting.
            boolean digitsOnly = text.trim().chars().allMatch(c -> "0123456789.+-eE".indexOf(c) >= 0);
            return digitsOnly ? Optional.of(number) : Optional.empty();
        } catch (NumberFormatException notANumber) {
            return Optional.empty();
        }
    }

    private static String plain(double number) {
        return number == Math.rint(number) && Math.abs(number) < 1e15
                ? Long.toString((long) number)
                : Double.toString(number);
    }

    private static String spelled(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
