package io.portguard.settings;

import io.portguard.client.AddressRange;
import io.portguard.client.AddressRanges;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Types of settings whose values are written as text of a form of their own. */
public final class SettingTypes {

    private SettingTypes() {}

    /** Values that write themselves with {@link Object#toString()}. */
    public static <T> SettingType<T> parsed(String expected, Function<String, Optional<T>> parse) {
        return new SettingType<>(expected, String.class, parse, Object::toString);
    }

    /** Paths of the platform's file system. */
    public static SettingType<Path> path(String expected) {
        return parsed(expected, text -> {
            try {
                return text.isBlank() ? Optional.empty() : Optional.of(Path.of(text.trim()));
            } catch (InvalidPathException none) {
                return Optional.empty();
            }
        });
    }

    /** Lists of such values, separated by commas; empty for none. */
    public static <T> SettingType<List<T>> list(String expected, Function<String, Optional<T>> parse) {
        return new SettingType<>(
                expected + ", separated by commas",
                String.class,
                text -> parseAll(text, parse),
                values -> values.stream().map(Object::toString).collect(Collectors.joining(", ")));
    }

    /** Lists of networks in CIDR notation. */
    public static SettingType<AddressRanges> addressRanges() {
        SettingType<List<AddressRange>> list =
                list("a list of addresses or networks such as 10.0.0.0/8 or 2001:db8::/32", AddressRange::parse);
        return new SettingType<>(
                list.expected(),
                String.class,
                text -> list.parse().apply(text).map(AddressRanges::new),
                ranges -> list.format().apply(ranges.ranges()));
    }

    private static <T> Optional<List<T>> parseAll(String text, Function<String, Optional<T>> parse) {
        List<T> values = new ArrayList<>();
        if (SettingType.isUnset(text)) {
            return Optional.of(values);
        }
        for (String element : text.split(",", -1)) {
            Optional<T> value = parse.apply(element.trim());
            if (value.isEmpty()) {
                return Optional.empty();
            }
            values.add(value.get());
        }
        return Optional.of(List.copyOf(values));
    }
}
