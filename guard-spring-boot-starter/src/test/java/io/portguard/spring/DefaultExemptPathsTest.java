package io.portguard.spring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.mock.env.MockEnvironment;

class DefaultExemptPathsTest {

    @Test
    void areTheCoresDefaultWhereNothingIsConfigured() {
        assertThat(paths()).isEqualTo("/actuator/health/**, /actuator/guard/**, /livez, /readyz");
    }

    @Test
    void followTheActuatorsBasePathAndMapping() {
        assertThat(paths(
                        "management.endpoints.web.base-path=/manage/",
                        "management.endpoints.web.path-mapping.health=state"))
                .isEqualTo("/manage/state/**, /manage/guard/**, /livez, /readyz");
        assertThat(paths("management.endpoints.web.base-path=/")).isEqualTo("/health/**, /guard/**, /livez, /readyz");
    }

    @Test
    void areBelowTheContextAndTheDispatcherServlet() {
        assertThat(paths("server.servlet.context-path=/shop", "spring.mvc.servlet.path=api/"))
                .isEqualTo(
                        "/shop/api/actuator/health/**, /shop/api/actuator/guard/**, /shop/api/livez, /shop/api/readyz");
    }

    @Test
    void areNotOnThisPortWhereTheActuatorHasAnother() {
        assertThat(paths("management.server.port=9001")).isEqualTo("/livez, /readyz");
        assertThat(paths("management.server.port=0", "server.port=0"))
                .as("any free port for each")
                .isEqualTo("/livez, /readyz");
        assertThat(paths("management.server.port=8080")).startsWith("/actuator/health/**");
        assertThat(paths("management.server.port=9001", "server.port=9001")).startsWith("/actuator/health/**");
    }

    @Test
    void takeInTheAdditionalPathsOfHealthGroups() {
        assertThat(paths(
                        "management.endpoint.health.group.live.additional-path=server:/healthz",
                        "management.endpoint.health.group.live.include=ping",
                        "management.endpoint.health.group.other.additional-path=management:/otherz"))
                .isEqualTo("/actuator/health/**, /actuator/guard/**, /livez, /readyz, /healthz");
    }

    @Test
    void leaveOutWhatTheGuardCannotTell() {
        assertThat(paths("management.endpoints.web.base-path=/.well,known")).isEqualTo("/livez, /readyz");
    }

    private static String paths(String... properties) {
        MockEnvironment environment = new MockEnvironment();
        for (String property : properties) {
            String[] pair = property.split("=", 2);
            environment.setProperty(pair[0], pair[1]);
        }
        return DefaultExemptPaths.of(environment);
    }
}
