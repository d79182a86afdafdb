package io.portguard.jmx;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.settings.Setting;
import io.portguard.standard.StandardGuard;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class YamlExportTest {

    private static StandardGuard guard(String called, Map<String, String> settings) {
        return StandardGuard.builder(called)
                .configure(settings)
                .tickInterval(Duration.ZERO)
                .build();
    }

    @Test
    void nothingChangedIsAnEmptyExport() {
        assertThat(YamlExport.of(guard("jmx-test", Map.of()).settings(), "jmx-test"))
                .isEqualTo("guard:\n  jmx-test: {}\n");
    }

    @Test
    void theExportIsWhatTheConfigurationTakes() {
        Map<String, String> configuration = Map.of(
                "requests.priorities",
                "POST /pay=critical, /export/**=background",
                "requests.exempt",
                "/livez, /actuator/health/**",
                "clients.trusted-proxies",
                "10.0.0.0/8, 2001:db8::/32",
                "clients.identify-by",
                "header:X-Api-Key");
        StandardGuard configured = guard("export", configuration);
        configured.settings().tune("mode", "off", 0);
        configured.settings().tune("clients.rate", "0.5", 0);
        configured.settings().tune("clients.burst", "10", 60);
        configured.settings().tune("connections.accept-rate", "500", 0);
        configured.settings().tune("connections.request-timeout", "1500ms", 0);
        configured.settings().tune("shedding.enabled", "false", 0);

        assertThat(YamlExport.of(configured.settings(), "server")).isEqualTo("""
                        guard:
                          mode: "off"
                          connections:
                            accept-rate: 500
                            request-timeout: 1500ms
                          requests:
                            priorities:
                              - path: /pay
                                method: POST
                                priority: critical
                              - path: "/export/**"
                                priority: background
                            exempt:
                              - /livez
                              - "/actuator/health/**"
                          clients:
                            rate: 0.5
                            burst: 10
                            identify-by: "header:X-Api-Key"
                            trusted-proxies:
                              - 10.0.0.0/8
                              - "2001:db8::/32"
                          shedding:
                            enabled: false
                        """);
    }

    @Test
    void listsThatWereEmptiedAreExportedAsEmpty() {
        StandardGuard configured = guard("export", Map.of("requests.exempt", "none"));
        assertThat(YamlExport.of(configured.settings(), "server")).isEqualTo("guard:\n  requests:\n    exempt: []\n");
    }

    @Test
    void everyScalarThatIsExportedIsReadAgainAsItWas() {
        StandardGuard guard = guard("export", Map.of());
        for (Setting<?> setting : guard.settings().all()) {
            String text = guard.settings().defaultText(setting);
            assertThat(guard("again", Map.of(setting.name(), text)).settings().isChanged(setting))
                    .as("%s: %s", setting.name(), text)
                    .isFalse();
        }
    }
}
