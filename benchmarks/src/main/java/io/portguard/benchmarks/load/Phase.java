package io.portguard.benchmarks.load;

import java.time.Duration;
import java.util.Map;

/**
 * A stretch of time with constant request rates.
 *
 * @param name what its results are found under, such as {@code flood}
 * @param length how long it lasts; a whole number of the plan's slots
 * @param rates requests a second over all clients of a group, by the group's name; a group not named is silent
 */
public record Phase(String name, Duration length, Map<String, Double> rates) {

    public Phase {
        rates = Map.copyOf(rates);
        if (length.isNegative() || length.isZero()) {
            throw new IllegalArgumentException("length of " + name + ": " + length + " (expected: > 0)");
        }
        rates.forEach((group, rate) -> {
            if (!(rate >= 0) || rate > 1_000_000) {
                throw new IllegalArgumentException(
                        "rate of " + group + " in " + name + ": " + rate + " (expected: 0 to 1000000 a second)");
            }
        });
    }

    double rate(ClientGroup group) {
        return rates.getOrDefault(group.name(), 0.0);
    }
}
