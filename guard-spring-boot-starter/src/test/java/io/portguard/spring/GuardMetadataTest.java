package io.portguard.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.NanoClock;
import io.portguard.rule.ScanWatch;
import io.portguard.settings.Setting;
import io.portguard.settings.Settings;
import io.portguard.standard.StandardGuard;
import io.portguard.standard.StandardSettings;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What an IDE is told of the properties is what the core knows of its settings. */
class GuardMetadataTest {

    private static final String METADATA = "/META-INF/spring-configuration-metadata.json";

    private final Settings core = new Settings(StandardSettings.all(), List.of(), Map.of(), NanoClock.system());
    private final Map<String, JsonNode> properties = new HashMap<>();
    private JsonNode metadata;

    @BeforeEach
    void read() throws IOException {
        try (InputStream json = GuardProperties.class.getResourceAsStream(METADATA)) {
            metadata = new JsonMapper().readTree(json);
        }
        for (JsonNode property : metadata.get("properties")) {
            String name = property.get("name").asString();
            if (name.startsWith("guard.")) {
                properties.put(name, property);
            }
        }
    }

    @Test
    void everySettingHasAPropertyAndEveryPropertyASetting() {
        List<String> names = new ArrayList<>(List.of(
                "guard.enabled",
                "guard.preflight",
                "guard.management.enabled",
                "guard.readiness.saturated-for",
                "guard.health.saturated-for"));
        core.all().forEach(setting -> names.add("guard." + setting.name()));
        core.all().stream()
                .filter(KnownProperties::isOfConnections)
                .forEach(setting -> names.add("guard.management." + setting.name()));
        assertThat(properties.keySet()).containsExactlyInAnyOrderElementsOf(names);
    }

    @Test
    void everyPropertyHasADescriptionAndAType() {
        properties.forEach((name, property) -> {
            assertThat(property.path("description").asString(""))
                    .as(name)
                    .isNotBlank()
                    .endsWith(".");
            assertThat(property.path("type").asString("")).as(name).isNotBlank();
        });
    }

    @Test
    void everyDefaultIsTheCores() {
        for (Setting<?> setting : core.all()) {
            String expected = core.defaultText(setting);
            // The number of connections depends on the process and is told in words.
            boolean none =
                    expected.equals("unset") || expected.isEmpty() || setting.equals(StandardSettings.CONNECTIONS_MAX);
            assertThat(text(properties.get("guard." + setting.name()).path("defaultValue")))
                    .as(setting.name())
                    .isEqualTo(none ? "" : expected);
        }
    }

    @Test
    void everyDefaultOfAManagementPortIsThatOfItsGuard() {
        try (StandardGuard guard = new GuardManagementAutoConfiguration()
                .managementGuard(
                        new Binder(new MapConfigurationPropertySource()).bindOrCreate("guard", GuardProperties.class),
                        new ScanWatch())) {
            for (Setting<?> setting : guard.settings().all()) {
                if (KnownProperties.isOfConnections(setting)) {
                    String expected = guard.settings().defaultText(setting);
                    assertThat(text(properties
                                    .get("guard.management." + setting.name())
                                    .path("defaultValue")))
                            .as(setting.name())
                            .isEqualTo(expected.equals("unset") ? "" : expected);
                }
            }
        }
    }

    @Test
    void everyPropertyOfAFewValuesIsShownThemByAnIde() throws Exception {
        // An IDE offers the constants of an enum, whether it is the type or what a hint says to handle the value as.
        for (Setting<?> setting : core.all()) {
            Object value = setting.defaultValue();
            if (value instanceof Enum<?>) {
                JsonNode property = properties.get("guard." + setting.name());
                Class<?> type = Class.forName(property.get("type").asString());
                assertThat(value).as(setting.name()).isInstanceOf(type);
            }
        }
        for (JsonNode hint : metadata.get("hints")) {
            assertThat(properties).containsKey(hint.get("name").asString());
            for (JsonNode provider : hint.path("providers")) {
                if (provider.get("name").asString().equals("handle-as")) {
                    assertThat(provider.at("/parameters/target").asString())
                            .isEqualTo(properties
                                    .get(hint.get("name").asString())
                                    .get("type")
                                    .asString());
                }
            }
        }
    }

    @Test
    void everyDefaultCanBeConfigured() {
        String[] defaults = properties.entrySet().stream()
                .filter(property -> property.getValue().has("defaultValue"))
                .map(property ->
                        property.getKey() + "=" + text(property.getValue().get("defaultValue")))
                .toArray(String[]::new);
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        GuardAutoConfiguration.class, ApplicationAvailabilityAutoConfiguration.class))
                .withPropertyValues(defaults)
                .run(context -> {
                    Settings settings = context.getBean(StandardGuard.class).settings();
                    assertThat(settings.all()).noneMatch(settings::isChanged);
                });
    }

    @Test
    void everyHintedValueIsOneOfItsSetting() {
        assertThat(metadata.get("hints")).isNotEmpty();
        for (JsonNode hint : metadata.get("hints")) {
            for (JsonNode value : hint.path("values")) {
                String pair = hint.get("name").asString() + "=" + text(value.get("value"));
                new ApplicationContextRunner()
                        .withConfiguration(AutoConfigurations.of(
                                GuardAutoConfiguration.class, ApplicationAvailabilityAutoConfiguration.class))
                        .withPropertyValues(pair)
                        .run(context -> assertThat(context).as(pair).hasNotFailed());
            }
        }
    }

    private static String text(JsonNode value) {
        if (!value.isArray()) {
            return value.isMissingNode() ? "" : value.asString();
        }
        List<String> elements = new ArrayList<>();
        value.forEach(element -> elements.add(element.asString()));
        return String.join(", ", elements);
    }
}
