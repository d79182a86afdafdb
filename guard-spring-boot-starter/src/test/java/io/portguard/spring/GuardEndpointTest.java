package io.portguard.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Mode;
import io.portguard.Reason;
import io.portguard.settings.Setting;
import io.portguard.standard.StandardGuardBuilder;
import io.portguard.standard.StandardSettings;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class GuardEndpointTest {

    private static final String SERVER = "/actuator/guard/server";
    private static final AtomicLong TIME = new AtomicLong();

    private static GuardedService service;

    @BeforeAll
    static void start() {
        service = GuardedService.start(List.of(FakeClock.class));
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @AfterEach
    void revert() {
        service.guard().settings().revert();
    }

    @Test
    void listsTheGuards() {
        HttpResponse<String> response = service.get("/actuator/guard");
        assertThat(response.statusCode()).isEqualTo(200);
        JsonNode guards = GuardedService.json(response).get("guards");
        assertThat(guards.propertyNames()).containsExactly("server");
        assertThat(guards.get("server").get("mode").asString()).isEqualTo("enforce");
    }

    @Test
    void showsStateSettingsAndCountsByReason() {
        JsonNode guard = GuardedService.json(service.get(SERVER));
        assertThat(guard.get("name").asString()).isEqualTo("server");
        assertThat(guard.get("state").get("requestLimit").asInt()).isPositive();
        assertThat(guard.get("state").get("activeRequests").asLong()).isEqualTo(1); // the one that asks
        assertThat(guard.get("state").get("connectionStance").asString()).isEqualTo("accept");
        assertThat(guard.get("requests").get("admitted").asLong()).isPositive();
        List<String> reasons = Arrays.stream(Reason.values()).map(Reason::text).toList();
        for (String kind : List.of("requests", "connections")) {
            assertThat(guard.get(kind).get("rejected").propertyNames()).containsExactlyElementsOf(reasons);
            assertThat(guard.get(kind).get("wouldReject").propertyNames()).containsExactlyElementsOf(reasons);
        }
        assertThat(guard.get("settings").propertyNames())
                .containsExactlyElementsOf(
                        StandardSettings.all().stream().map(Setting::name).toList());
        JsonNode rate = guard.get("settings").get("clients.rate");
        assertThat(rate.get("value").asString()).isEqualTo("unset");
        assertThat(rate.get("defaultValue").asString()).isEqualTo("unset");
        assertThat(rate.has("tunedUntil")).isFalse();
    }

    @Test
    void tunesForATime() {
        HttpResponse<String> response =
                service.post(SERVER, "{\"setting\": \"clients.rate\", \"value\": \"50\", \"seconds\": 600}");
        assertThat(response.statusCode()).isEqualTo(200);
        JsonNode tuned =
                GuardedService.json(service.get(SERVER)).get("settings").get("clients.rate");
        assertThat(withoutTheSecond(GuardedService.json(response))).isEqualTo(withoutTheSecond(tuned));
        assertThat(tuned.get("value").asString()).isEqualTo("50");
        assertThat(tuned.get("secondsLeft").asLong()).isEqualTo(600);
        assertThat(Instant.parse(tuned.get("tunedUntil").asString()))
                .isBetween(Instant.now(), Instant.now().plus(Duration.ofSeconds(601)));

        assertThat(tuned.get("configured").asString()).isEqualTo("unset");
        assertThat(tuned.get("tuned").asBoolean()).isTrue();

        TIME.addAndGet(TimeUnit.SECONDS.toNanos(600));
        service.guard().guard().tick();
        JsonNode reverted =
                GuardedService.json(service.get(SERVER)).get("settings").get("clients.rate");
        assertThat(reverted.get("value").asString()).isEqualTo("unset");
        assertThat(reverted.has("tunedUntil")).isFalse();
        assertThat(reverted.get("tuned").asBoolean()).isFalse();
    }

    @Test
    void tellsWhatWasTunedForGoodFromWhatWasConfigured() {
        service.post(SERVER, "{\"setting\": \"clients.rate\", \"value\": \"50\"}");
        JsonNode tuned =
                GuardedService.json(service.get(SERVER)).get("settings").get("clients.rate");
        assertThat(tuned.get("value").asString()).isEqualTo("50");
        assertThat(tuned.get("configured").asString()).isEqualTo("unset");
        assertThat(tuned.get("tuned").asBoolean()).isTrue();
        assertThat(tuned.has("tunedUntil")).isFalse();
        assertThat(GuardedService.json(service.get(SERVER))
                        .get("settings")
                        .get("clients.burst")
                        .get("tuned")
                        .asBoolean())
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "clients.rate | 50 | 50",
                "clients.rate | 50.5 | 50.5",
                "clients.rate | 1e3 | 1000",
                "clients.rate | \"unset\" | unset",
                "requests.concurrency.max | 200 | 200",
                "requests.concurrency.max | 3 | 3",
                "requests.concurrency.min | 20000 | 20000",
                "shedding.enabled | false | false",
                "mode | \"shadow\" | shadow",
                "mode | false | off",
                "access.deny | \"192.0.2.1, 10.0.0.0/8\" | 192.0.2.1, 10.0.0.0/8",
            })
    void takesValuesAsJsonWritesThem(String setting, String value, String text) {
        HttpResponse<String> response =
                service.post(SERVER, "{\"setting\": \"" + setting + "\", \"value\": " + value + "}");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(service.guard().settings().text(service.guard().settings().named(setting)))
                .isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"setting\": \"clients.rate\", \"value\": -1}"
                        + " | clients.rate: \"-1\" (expected: a number a second, above 0 and at most 10000000, or unset)",
                "{\"setting\": \"clients.rate\", \"value\": null}"
                        + " | clients.rate: \"\" (expected: a \"value\": a number a second, above 0 and at most 10000000,"
                        + " or unset)",
                "{\"setting\": \"clients.rate\", \"valeu\": 5}"
                        + " | clients.rate: \"\" (expected: a \"value\": a number a second, above 0 and at most 10000000,"
                        + " or unset)",
                "{\"setting\": \"mode\", \"value\": \"loud\"} | mode: \"loud\" (expected: enforce, shadow or off)",
                "{\"setting\": \"mode\", \"value\": \"off\", \"seconds\": \"soon\"}"
                        + " | seconds: \"soon\" (expected: a whole number from 0, for good, to 31622400)",
                "{\"setting\": \"mode\", \"value\": \"off\", \"seconds\": -1}"
                        + " | mode: \"off\" (expected: a time from 0 to 31622400 seconds, not -1)",
                "{\"setting\": \"requests.exempt\", \"value\": \"/x\"}"
                        + " | requests.exempt: \"/x\" (expected: no change while running; set it in the configuration)",
                "{\"setting\": \"clients.burst\", \"value\": 3}"
                        + " | clients.burst: \"3\" (expected: clients.burst only together with clients.rate)",
            })
    void refusesWithASentenceAndChangesNothing(String json, String sentence) {
        HttpResponse<String> response = service.post(SERVER, json);
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        JsonNode problem = GuardedService.json(response);
        assertThat(problem.get("status").asInt()).isEqualTo(400);
        assertThat(problem.get("detail").asString()).isEqualTo(sentence);
        assertThat(service.guard().settings().all()).noneMatch(service.guard().settings()::isChanged);
    }

    @Test
    void showsADefaultThatGivesWayToWhatIsTuned() {
        service.post(SERVER, "{\"setting\": \"requests.concurrency.max\", \"value\": 3}");
        JsonNode initial =
                GuardedService.json(service.get(SERVER)).get("settings").get("requests.concurrency.initial");
        assertThat(initial.get("value").asString()).isEqualTo("3");
        assertThat(initial.get("defaultValue").asString()).isEqualTo("20");
    }

    @Test
    void refusesWhatContradictsAnEarlierTuning() {
        service.post(SERVER, "{\"setting\": \"requests.concurrency.initial\", \"value\": 20}");
        HttpResponse<String> response =
                service.post(SERVER, "{\"setting\": \"requests.concurrency.max\", \"value\": 3}");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(GuardedService.json(response).get("detail").asString())
                .isEqualTo("requests.concurrency.max: \"3\" (expected: requests.concurrency.min <="
                        + " requests.concurrency.initial <= requests.concurrency.max)");
    }

    @Test
    void bansAndUnbans() {
        HttpResponse<String> banned = service.post(SERVER, "{\"ban\": \"192.0.2.1\", \"seconds\": 600}");
        assertThat(banned.statusCode()).as(banned.body()).isEqualTo(200);
        assertThat(GuardedService.json(banned).get("bans").propertyNames()).containsExactly("192.0.2.1");
        assertThat(GuardedService.json(service.get(SERVER)).get("bans").propertyNames())
                .containsExactly("192.0.2.1");
        HttpResponse<String> unbanned = service.post(SERVER, "{\"unban\": \"192.0.2.1\"}");
        assertThat(unbanned.statusCode()).isEqualTo(200);
        assertThat(service.guard().bans()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"ban\": \"\", \"seconds\": 60}",
                "{\"ban\": \"10.0.0.0/8\", \"seconds\": 60}",
                "{\"ban\": \"192.0.2.1\", \"seconds\": \"soon\"}",
                "{\"ban\": \"192.0.2.1\", \"unban\": \"192.0.2.1\", \"seconds\": 60}",
                "{\"ban\": \"192.0.2.1\", \"setting\": \"mode\", \"value\": \"off\", \"seconds\": 60}",
            })
    void bansNobodyForWhatIsWrong(String json) {
        assertThat(service.post(SERVER, json).statusCode()).isEqualTo(400);
        assertThat(service.guard().bans()).isEmpty();
    }

    @Test
    void namesTheSettingsThatThereAre() {
        HttpResponse<String> response = service.post(SERVER, "{\"setting\": \"clients.rat\", \"value\": 5}");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(GuardedService.json(response).get("detail").asString())
                .startsWith(
                        "clients.rat: \"5\" (expected: the name of a setting: mode, shadow.rules, connections.max, ");
        assertThat(service.post(SERVER, "{}").statusCode()).isEqualTo(400);
    }

    @Test
    void changesNothingForWhatIsNoTextAndNoJson() {
        for (String body :
                List.of("{\"setting\": \"access.deny\", \"value\": [\"10.0.0.0/8\"]}", "[]", "mode=off", "")) {
            assertThat(service.post(SERVER, body).statusCode()).as(body).isEqualTo(400);
        }
        assertThat(service.guard().settings().all()).noneMatch(service.guard().settings()::isChanged);
    }

    @Test
    void knowsNoOtherGuards() {
        for (HttpResponse<String> response : List.of(
                service.get("/actuator/guard/other"),
                service.post("/actuator/guard/other", "{\"setting\": \"mode\", \"value\": \"off\"}"))) {
            assertThat(response.statusCode()).isEqualTo(404);
            assertThat(GuardedService.json(response).get("detail").asString())
                    .isEqualTo("guard: \"other\" (expected: server)");
        }
        assertThat(service.guard().guard().mode()).isEqualTo(Mode.ENFORCE);
    }

    /** The clock on the wall goes on between two looks. */
    private static JsonNode withoutTheSecond(JsonNode setting) {
        return ((ObjectNode) setting.deepCopy()).without("tunedUntil");
    }

    @Configuration(proxyBeanMethods = false)
    static class FakeClock {

        @Bean
        GuardCustomizer clock() {
            return (StandardGuardBuilder builder) -> builder.clock(TIME::get).tickInterval(Duration.ZERO);
        }
    }
}
