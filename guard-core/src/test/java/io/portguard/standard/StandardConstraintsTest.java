package io.portguard.standard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.portguard.ManualClock;
import io.portguard.settings.InvalidSettingException;
import io.portguard.settings.Setting;
import io.portguard.settings.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StandardConstraintsTest {

    private static Settings settings(Map<String, String> configuration) {
        return new Settings(
                StandardSettings.all(), StandardConstraints.with(List.of()), configuration, new ManualClock());
    }

    private static boolean isOfItsRange(Setting<?> setting, String value) {
        return setting.type().parse().apply(value).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "19", "1000", "10000000"})
    void aNumberAloneContradictsNoDefaultButThatOfARateItIsTheBurstOf(String value) {
        List<String> refused = new ArrayList<>();
        int tried = 0;
        for (Setting<?> setting : StandardSettings.all()) {
            if (Number.class.isAssignableFrom(setting.type().jmxType()) && isOfItsRange(setting, value)) {
                tried++;
                try {
                    assertThat(settings(Map.of(setting.name(), value)).text(setting))
                            .isEqualTo(value);
                    if (setting.tunable()) {
                        settings(Map.of()).tune(setting.name(), value, 0);
                    }
                } catch (InvalidSettingException contradiction) {
                    refused.add(setting.name());
                }
            }
        }
        assertThat(tried).isGreaterThan(10);
        assertThat(refused)
                .containsExactlyInAnyOrder(
                        "connections.accept-burst", "connections.accept-burst-per-client", "clients.burst");
    }

    @Test
    void aHighestLimitBelowAnInitialOneThatWasSetIsAnError() {
        assertThat(catchThrowable(
                        () -> settings(Map.of("requests.concurrency.initial", "20", "requests.concurrency.max", "10"))))
                .hasMessage("requests.concurrency.initial: \"20\", requests.concurrency.max: \"10\" (expected:"
                        + " requests.concurrency.min <= requests.concurrency.initial <= requests.concurrency.max)");
    }
}
