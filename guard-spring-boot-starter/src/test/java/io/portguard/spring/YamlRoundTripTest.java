package io.portguard.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.jmx.GuardMBeans;
import io.portguard.settings.InvalidSettingException;
import io.portguard.settings.Setting;
import io.portguard.settings.Settings;
import io.portguard.standard.StandardGuard;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;

/** What exportYaml() writes can be pasted into application.yml and yields the same state. */
class YamlRoundTripTest {

    private static final int ROUNDS = 100;

    /** For settings whose values are texts of a form of their own; a list is one text with commas. */
    private static final Map<String, List<String>> TEXTS = Map.ofEntries(
            Map.entry(
                    "requests.priorities",
                    List.of("", "/a=critical", "GET /b/**=background, /c=normal", "PUT /=important")),
            Map.entry("requests.exempt", List.of("", "/health", "/a/**, /b", "/off", "/1.5/**, /~x")),
            Map.entry("requests.streams", List.of("", "/events/**, /download")),
            Map.entry("clients.identify-by", List.of("address", "principal", "certificate", "header:X-Api-Key")),
            Map.entry("clients.trusted-proxies", List.of("", "10.0.0.0/8", "2001:db8::/32, 127.0.0.1")),
            Map.entry(
                    "connections.server-names",
                    List.of("", "*.in.example.com=deny", "a.example.com=allow, *.example.com=shadow")),
            Map.entry("connections.signatures", List.of("", "old: bytes \"16 03 00\" at 0 -> refuse")),
            Map.entry("access.allow-file", List.of("unset")),
            Map.entry("access.deny-file", List.of("unset")),
            Map.entry("scans.decoy-ports", List.of("", "2323", "1, 65535")),
            Map.entry("penalties.persist-to", List.of("unset")),
            Map.entry("audit.folder", List.of("unset")),
            Map.entry("shadow.rules", List.of("", "access", "client-rate, connections")),
            Map.entry("pressure.names", List.of("", "localhost")),
            Map.entry("penalties.weights", List.of("", "400=1", "404=3, timeout=2")),
            Map.entry("access.allow", List.of("", "0.0.0.0/0, ::/0", "192.0.2.1")),
            Map.entry("access.deny", List.of("", "203.0.113.0/24", "::1, 198.51.100.7")));

    private static final List<String> ANY = List.of(
            "true",
            "false",
            "unset",
            "0",
            "1",
            "7",
            "24",
            "32",
            "64",
            "100",
            "1000",
            "0.5",
            "2.25",
            "1e6",
            "1ms",
            "15ms",
            "250ms",
            "3s",
            "90s",
            "5m",
            "enforce",
            "shadow",
            "off",
            "required",
            "optional",
            "never",
            "adaptive",
            "fixed",
            "aimd",
            "vegas",
            "gradient");

    @Test
    void yieldsTheSameState() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            Map<String, String> chosen = choose(random);
            try (StandardGuard guard = guard(chosen)) {
                String yaml = export(guard);
                ApplicationContextRunner runner = new ApplicationContextRunner()
                        .withConfiguration(AutoConfigurations.of(GuardAutoConfiguration.class))
                        .withInitializer(context -> load(yaml)
                                .forEach(source -> context.getEnvironment()
                                        .getPropertySources()
                                        .addFirst(source)));
                runner.run(context -> {
                    assertThat(context).as("seed %d:%n%s", seed, yaml).hasNotFailed();
                    assertThat(texts(context.getBean(StandardGuard.class).settings()))
                            .as("seed %d:%n%s", seed, yaml)
                            .isEqualTo(texts(guard.settings()));
                });
            }
        }
    }

    @Test
    void exportsWhatWasTunedAsWell() throws Exception {
        try (StandardGuard guard = guard(Map.of("clients.rate", "5"))) {
            guard.settings().tune("clients.burst", "9", 0);
            guard.settings().tune("mode", "off", 60);
            assertThat(export(guard)).isEqualTo("guard:\n  mode: \"off\"\n  clients:\n    rate: 5\n    burst: 9\n");
        }
    }

    /** Some of the settings, each with a value that it accepts, that fit together. */
    private static Map<String, String> choose(Random random) {
        while (true) {
            Map<String, String> chosen = new LinkedHashMap<>();
            try (StandardGuard defaults = guard(Map.of())) {
                for (Setting<?> setting : defaults.settings().all()) {
                    List<String> texts = TEXTS.getOrDefault(setting.name(), ANY);
                    String text = texts.get(random.nextInt(texts.size()));
                    if (random.nextInt(3) == 0 && accepts(setting, text)) {
                        chosen.put(setting.name(), text);
                    }
                }
            }
            try {
                guard(chosen).close();
                return chosen;
            } catch (InvalidSettingException conflict) {
                // Chosen anew.
            }
        }
    }

    private static boolean accepts(Setting<?> setting, String text) {
        try {
            setting.withDefaultText(text);
            return true;
        } catch (InvalidSettingException notOfThisSetting) {
            return false;
        }
    }

    private static StandardGuard guard(Map<String, String> settings) {
        return StandardGuard.builder("server")
                .configure(settings)
                .tickInterval(Duration.ZERO)
                .build();
    }

    private static String export(StandardGuard guard) throws Exception {
        try (GuardMBeans.Registration registration = GuardMBeans.register(guard)) {
            return (String) ManagementFactory.getPlatformMBeanServer()
                    .invoke(registration.name(), "exportYaml", new Object[0], new String[0]);
        }
    }

    private static List<PropertySource<?>> load(String yaml) {
        try {
            return new YamlPropertySourceLoader()
                    .load("pasted", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static Map<String, String> texts(Settings settings) {
        Map<String, String> texts = new TreeMap<>();
        settings.all().forEach(setting -> texts.put(setting.name(), settings.text(setting)));
        return texts;
    }
}
