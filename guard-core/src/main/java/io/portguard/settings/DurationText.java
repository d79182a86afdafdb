package io.portguard.settings;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as settings write them: a whole number and a unit, {@code 20ms}, {@code 10s}, {@code 5m}, {@code 1h}. */
final class DurationText {

    private static final Pattern SIMPLE = Pattern.compile("(\\d{1,14})\\s*(ns|us|ms|s|m|h|d)");

    private DurationText() {}

    static Optional<Duration> parse(String text) {
        String trimmed = text.trim().toLowerCase(Locale.ROOT);
        Matcher matcher = SIMPLE.matcher(trimmed);
        if (matcher.matches()) {
            long count = Long.parseLong(matcher.group(1));
            return Optional.of(
                    switch (matcher.group(2)) {
                        case "ns" -> Duration.ofNanos(count);
                        case "us" -> Duration.ofNanos(count * 1_000);
                        case "ms" -> Duration.ofMillis(count);
                        case "s" -> Duration.ofSeconds(count);
                        case "m" -> Duration.ofSeconds(count * 60);
                        case "h" -> Duration.ofSeconds(count * 3_600);
                        default -> Duration.ofSeconds(count * 86_400);
                    });
        }
        return parseIso(trimmed);
    }

    private static Optional<Duration> parseIso(String text) {
        if (!text.startsWith("pt") && !text.startsWith("p")) {
            return Optional.empty();
        }
        try {
            return Optional.of(Duration.parse(text));
        } catch (DateTimeParseException malformed) {
            return Optional.empty();
        }
    }

    static String format(Duration duration) {
        if (duration.isZero()) {
            return "0s";
        }
        long nanos = duration.getNano();
        long seconds = duration.getSeconds();
        if (nanos == 0) {
            if (seconds % 86_400 == 0) {
                return seconds / 86_400 + "d";
            }
            if (seconds % 3_600 == 0) {
                return seconds / 3_600 + "h";
            }
            return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
        }
        if (nanos % 1_000_000 == 0) {
            return duration.toMillis() + "ms";
        }
        return nanos % 1_000 == 0 ? duration.toNanos() / 1_000 + "us" : duration.toNanos() + "ns";
    }
}
