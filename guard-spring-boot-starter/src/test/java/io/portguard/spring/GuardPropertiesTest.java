package io.portguard.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.settings.Setting;
import io.portguard.settings.Settings;
import io.portguard.standard.StandardGuard;
import io.portguard.standard.StandardSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class GuardPropertiesTest {

    private final ApplicationContextRunner runner =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(GuardAutoConfiguration.class));

    @TempDir
    private Path folder;

    private String file(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content).toString();
    }

    @Test
    void passesEverySettingOn() throws IOException {
        Map<String, String> configured = new LinkedHashMap<>();
        configured.put("mode", "shadow");
        configured.put("connections.max", "501");
        configured.put("connections.max-per-client", "51");
        configured.put("connections.accept-rate", "502.5");
        configured.put("shadow.rules", "client-rate, access");
        configured.put("connections.accept-burst", "503");
        configured.put("connections.accept-rate-per-client", "52");
        configured.put("connections.accept-burst-per-client", "53");
        configured.put("connections.request-timeout", "11s");
        configured.put("connections.tls-handshake-timeout", "12s");
        configured.put("connections.idle-timeout", "61s");
        configured.put("connections.min-data-rate", "100");
        configured.put("connections.max-tls-handshakes", "57");
        configured.put("connections.proxy-protocol", "required");
        configured.put("connections.server-names", "api.example.com=critical, *.example.com=deny");
        configured.put("connections.wrong-protocol", "shadow");
        configured.put("connections.signatures", "socks: bytes \"05 0? ??\" -> shadow");
        configured.put("requests.concurrency.algorithm", "gradient");
        configured.put("requests.concurrency.initial", "21");
        configured.put("requests.concurrency.min", "20");
        configured.put("requests.concurrency.max", "22");
        configured.put("requests.priorities", "GET /orders/**=critical, /reports=background");
        configured.put("requests.exempt", "/health, /probes/**");
        configured.put("requests.streams", "/events/**, /download");
        configured.put("clients.rate", "54");
        configured.put("clients.burst", "55");
        configured.put("clients.max-concurrent", "56");
        configured.put("clients.read-rate", "100000");
        configured.put("clients.write-rate", "200000");
        configured.put("clients.fair-share", "false");
        configured.put("clients.identify-by", "header:X-Api-Key");
        configured.put("clients.ipv4-prefix", "24");
        configured.put("clients.ipv6-prefix", "56");
        configured.put("clients.trusted-proxies", "10.0.0.0/8, 2001:db8::/32");
        configured.put("clients.max-tracked", "1000");
        configured.put("shedding.enabled", "false");
        configured.put("shedding.target-delay", "30ms");
        configured.put("pressure.names", "localhost, db.internal");
        configured.put("access.allow", "192.0.2.0/24");
        configured.put("access.deny", "192.0.2.1");
        configured.put("access.allow-file", file("allow.txt", "198.51.100.0/24"));
        configured.put("access.deny-file", file("deny.txt", "# nobody"));
        configured.put("audit.folder", folder.toString());
        configured.put("audit.file-size", "7");
        configured.put("audit.retention", "365d");
        configured.put("scans.decoy-ports", "1, 65535");
        configured.put("penalties.persist-to", folder.resolve("bans").toString());
        configured.put("penalties.slow-at", "57");
        configured.put("penalties.ban-at", "58");
        configured.put("penalties.forgiven", "59");
        configured.put("penalties.slow-rate", "0.5");
        configured.put("penalties.ban-time", "2m");
        configured.put("penalties.weights", "decoy=1, 404=2");
        assertThat(configured.keySet())
                .isEqualTo(StandardSettings.all().stream().map(Setting::name).collect(Collectors.toSet()));

        runner.withPropertyValues(
                        "guard.requests.priorities[0].path=/orders/**",
                        "guard.requests.priorities[0].method=get",
                        "guard.requests.priorities[0].priority=critical",
                        "guard.requests.priorities[1].path=/reports",
                        "guard.requests.priorities[1].priority=BACKGROUND")
                .withPropertyValues(configured.entrySet().stream()
                        .filter(property -> !property.getKey().equals("requests.priorities"))
                        .map(property -> "guard." + property.getKey() + "=" + property.getValue())
                        .toArray(String[]::new))
                .run(context -> {
                    Settings settings = context.getBean(StandardGuard.class).settings();
                    Map<String, String> actual = new LinkedHashMap<>();
                    settings.all().forEach(setting -> actual.put(setting.name(), settings.text(setting)));
                    assertThat(actual).isEqualTo(configured);
                });
    }

    @Test
    void leavesWhatIsNotConfiguredToTheCore() {
        runner.run(context -> {
            Settings settings = context.getBean(StandardGuard.class).settings();
            assertThat(settings.all()).noneMatch(settings::isChanged);
        });
    }

    @Test
    void startsWithAHighestLimitBelowTheInitialOneByDefault() {
        runner.withPropertyValues("guard.requests.concurrency.max=10").run(context -> {
            StandardGuard guard = context.getBean(StandardGuard.class);
            assertThat(guard.settings().text(StandardSettings.CONCURRENCY_INITIAL))
                    .isEqualTo("10");
            assertThat(guard.status().requestLimit()).isEqualTo(10);
        });
    }

    @Test
    void readsEnvironmentVariablesAndIsIndifferentToOthers() {
        runner.withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .replace(
                                "systemEnvironment",
                                new SystemEnvironmentPropertySource(
                                        "systemEnvironment",
                                        Map.of(
                                                "GUARD_CLIENTS_RATE", "54",
                                                "GUARD_REQUESTS_EXEMPT_0", "/health",
                                                "GUARD_CONNECTIONS_MAXPERCLIENT", "9",
                                                "GUARD_OF_SOMETHING_ELSE", "x"))))
                .run(context -> {
                    Settings settings = context.getBean(StandardGuard.class).settings();
                    assertThat(settings.text(StandardSettings.CLIENTS_RATE)).isEqualTo("54");
                    assertThat(settings.text(StandardSettings.REQUESTS_EXEMPT)).isEqualTo("/health");
                    assertThat(settings.text(StandardSettings.CONNECTIONS_MAX_PER_CLIENT))
                            .isEqualTo("9");
                });
    }

    @Test
    void takesAnEmptyListForNoneAndAnEmptyNumberForTheDefault() {
        runner.withPropertyValues(
                        "guard.requests.exempt=", "guard.clients.rate=", "guard.connections=", "guard.access.deny=")
                .run(context -> {
                    Settings settings = context.getBean(StandardGuard.class).settings();
                    assertThat(settings.text(StandardSettings.REQUESTS_EXEMPT)).isEmpty();
                    assertThat(settings.text(StandardSettings.CLIENTS_RATE)).isEqualTo("unset");
                });
    }

    @Test
    void takesFalseForTheModeOffAsYamlDoes() {
        runner.withPropertyValues("guard.mode=false")
                .run(context -> assertThat(
                                context.getBean(StandardGuard.class).settings().text(StandardSettings.MODE))
                        .isEqualTo("off"));
    }
}
