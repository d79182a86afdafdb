package io.portguard.standard;

import io.portguard.Failure;
import io.portguard.Mode;
import io.portguard.Priority;
import io.portguard.http.PathPattern;
import io.portguard.http.PriorityRule;
import io.portguard.rule.PenaltyPolicy;
import io.portguard.rule.PenaltyWeight;
import io.portguard.settings.SettingType;
import io.portguard.settings.SettingTypes;
import io.portguard.wire.ServerNameRules;
import io.portguard.wire.Signatures;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What the values of the standard guard's settings may be. */
final class StandardTypes {

    private static final int MAX_PORT = 65_535;
    private static final double MAX_RATE = 1e7;

    static final SettingType<Integer> COUNT = SettingType.wholeNumber(1, 10_000_000);
    static final SettingType<Double> RATE = SettingType.positiveNumber("a number a second", MAX_RATE);
    static final SettingType<Double> BURST = SettingType.number("a number of tokens", 1, MAX_RATE);
    static final SettingType<Integer> BYTE_RATE = SettingType.wholeNumber(1_000, 1_000_000_000);
    static final SettingType<Duration> TIMEOUT = SettingType.duration(Duration.ofMillis(1), Duration.ofDays(1));
    static final SettingType<Integer> POINTS = SettingType.wholeNumber(1, PenaltyPolicy.MAX_THRESHOLD);
    static final SettingType<Path> FILE = SettingTypes.path("the path of a file");
    static final SettingType<Path> FOLDER = SettingTypes.path("the path of a folder");
    static final SettingType<Mode> MODE = modes();

    static final SettingType<ServerNameRules> SERVER_NAMES = SettingTypes.parsed(
            "a list of NAME=ACTION, separated by commas, such as *.internal.example.com=deny",
            text -> Optional.of(ServerNameRules.parse(unlessUnset(text))));

    static final SettingType<Signatures> SIGNATURES = SettingTypes.parsed(
            "a list of NAME: bytes \"05 ?? 00\" at OFFSET -> refuse, separated by commas",
            text -> Optional.of(Signatures.parse(unlessUnset(text))));

    static final SettingType<List<PriorityRule>> PRIORITIES = SettingTypes.list(
            "a list of [METHOD ]PATH=PRIORITY, PATH may end in /**, PRIORITY one of " + joined(Priority.values()),
            PriorityRule::parse);

    static final SettingType<List<PathPattern>> PATHS =
            SettingTypes.list("a list of paths that begin with / and may end in /**", PathPattern::parse);

    static final SettingType<List<Integer>> PORTS =
            SettingTypes.list("a list of ports from 1 to 65535", StandardTypes::port);

    static final SettingType<List<String>> HOST_NAMES =
            SettingTypes.list("a list of host names", StandardTypes::hostName);

    static final SettingType<List<String>> RULE_NAMES = SettingTypes.list(
            "a list of names of rules", text -> Optional.of(text).filter(name -> !name.isEmpty()));

    static final SettingType<List<PenaltyWeight>> PENALTY_WEIGHTS = SettingTypes.list(
            "a list of FAILURE=POINTS or STATUS=POINTS, FAILURE one of " + joined(Failure.values())
                    + ", STATUS from 400 to 499, POINTS from 0 to " + PenaltyWeight.MAX_POINTS,
            PenaltyWeight::parse);

    private StandardTypes() {}

    /** The modes as they are spelled, and {@code false} for {@code off}, which is what YAML makes of a bare off. */
    private static SettingType<Mode> modes() {
        SettingType<Mode> spelled = SettingType.oneOf(Mode.class);
        return new SettingType<>(
                spelled.expected(),
                spelled.jmxType(),
                text -> spelled.parse().apply(text.trim().equalsIgnoreCase("false") ? Mode.OFF.text() : text),
                spelled.format());
    }

    private static String unlessUnset(String text) {
        String trimmed = text.trim();
        return trimmed.equalsIgnoreCase("unset") || trimmed.equalsIgnoreCase("none") ? "" : trimmed;
    }

    private static Optional<String> hostName(String text) {
        return text.matches("[A-Za-z0-9_]([A-Za-z0-9_.-]{0,252})") ? Optional.of(text) : Optional.empty();
    }

    private static Optional<Integer> port(String text) {
        return text.matches("[0-9]{1,5}")
                ? Optional.of(Integer.valueOf(text)).filter(port -> port >= 1 && port <= MAX_PORT)
                : Optional.empty();
    }

    static PathPattern path(String text) {
        return PathPattern.parse(text).orElseThrow();
    }

    /** Constants as they write themselves. */
    private static String joined(Object[] constants) {
        return String.join(", ", Stream.of(constants).map(Object::toString).toList());
    }
}
