package io.portguard.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Priority;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestClassifierTest {

    private static final RequestClassifier CLASSIFIER = new RequestClassifier(
            List.of(
                    rule("POST /orders=critical"),
                    rule("/orders/**=important"),
                    rule("/export/**=background"),
                    rule("/pay/**=critical")),
            patterns("/actuator/health/**", "/livez"),
            patterns("/events/**"));

    private static PriorityRule rule(String text) {
        return PriorityRule.parse(text).orElseThrow();
    }

    private static List<PathPattern> patterns(String... texts) {
        return Arrays.stream(texts)
                .map(text -> PathPattern.parse(text).orElseThrow())
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "/events, true",
        "/events/7, true",
        "/eventsx, false",
        "/events/../reports, false",
        "/events/%2e%2e/reports, false",
        "/, false"
    })
    void aStreamIsWhatHasAPlainPathThatIsListed(String path, boolean is) {
        assertThat(CLASSIFIER.isStream(TestRequest.get(path))).isEqualTo(is);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /orders, IMPORTANT",
        "POST, /orders, CRITICAL",
        "GET, /orders/7, IMPORTANT",
        "POST, /orders/7, IMPORTANT",
        "GET, /ordersx, NORMAL",
        "GET, /, NORMAL",
        "GET, /export/all, BACKGROUND",
        "GET, '', NORMAL",
        "OPTIONS, *, NORMAL",
        "post, /orders, IMPORTANT",
        "GET, /orders/, IMPORTANT",
        "GET, /Orders, NORMAL"
    })
    void theFirstRuleThatMatchesWins(String method, String path, Priority priority) {
        assertThat(CLASSIFIER.priority(new TestRequest(method, path, java.util.Map.of()), false, Priority.NORMAL))
                .isEqualTo(priority);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/pay/../export",
                "/pay/./x",
                "/pay//x",
                "/pay/%2e%2e/export",
                "/pay/..;/export",
                "/pay/;/x",
                "/pay/x;a=b",
                "/pay/\\..\\export",
                "/pay/%00",
                "/pay/x y",
                "/pay/\t",
                "/pay/é",
                "/pay/.hidden",
                "/pay/..",
                "/pay/.",
                "/pay/%70",
                "//pay/x",
                "/./pay/x",
                "/%70ay/x",
                "/x/../pay/x",
                "/pay%2Fx",
                "\\pay\\x",
                "/pay/\u007f",
                "/pay/\uff0e\uff0e/x"
            })
    void aPathThatReadersMayReadDifferentlyIsNeverAboveTheDefault(String path) {
        assertThat(CLASSIFIER.priority(TestRequest.get(path), false, Priority.NORMAL))
                .isGreaterThanOrEqualTo(Priority.NORMAL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/actuator/health", "/actuator/health/", "/actuator/health/liveness", "/livez"})
    void aProbeIsExempt(String path) {
        assertThat(CLASSIFIER.isExempt(TestRequest.get(path))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/livez/",
                "/livez/x",
                "/livezx",
                "/Livez",
                "/LIVEZ",
                "/livez?x",
                "/livez;x",
                "/livez%20",
                "//livez",
                "/./livez",
                "/actuator/health/../env",
                "/actuator/health/%2e%2e/env",
                "/actuator/health/..;/env",
                "/actuator/health/./x",
                "/actuator/health//../env",
                "/actuator/health\\..\\env",
                "/actuator/health/..\\env",
                "/actuator/health/;/../env",
                "/actuator/healthx",
                "/actuator/health%2f..%2fenv",
                "/actuator/health/%252e%252e/env",
                "/actuator/health/.%2e/env",
                "/actuator/health/x/../../env",
                "/actuator/health/\u2025/env",
                "/x/../livez",
                "",
                "/",
                "*",
                "http://host/livez"
            })
    void nothingCanBeDressedUpAsAProbe(String path) {
        assertThat(CLASSIFIER.isExempt(TestRequest.get(path))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {101, 102, 103})
    void noPathThatNormalizesToAnotherIsExemptOrImportant(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        String[] parts = {
            "/", "..", ".", "%2e", "%2f", ";", "\\", "actuator", "health", "livez", "pay", "env", "//", "a", "%", " "
        };
        for (int i = 0; i < 50_000; i++) {
            StringBuilder path = new StringBuilder(random.nextBoolean() ? "/actuator/health" : "/pay");
            for (int length = random.nextInt(6); length > 0; length--) {
                path.append(parts[random.nextInt(parts.length)]);
            }
            String raw = path.toString();
            boolean plain = raw.matches("(/[a-z0-9][a-z0-9.]*)+/?");
            TestRequest request = TestRequest.get(raw);
            if (!plain) {
                assertThat(CLASSIFIER.isExempt(request))
                        .as("seed %d: %s", seed, raw)
                        .isFalse();
                assertThat(CLASSIFIER.priority(request, false, Priority.NORMAL))
                        .as("seed %d: %s", seed, raw)
                        .isGreaterThanOrEqualTo(Priority.NORMAL);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"u=4", "u=7", "i, u=5"})
    void aRequestLowersItsOwnPriority(String header) {
        assertThat(CLASSIFIER.priority(TestRequest.get("/pay/x").with("Priority", header), false, Priority.NORMAL))
                .isEqualTo(Priority.BACKGROUND);
    }

    @ParameterizedTest
    @ValueSource(strings = {"u=0", "u=1", "u=2", "u=3", "i", "", "u=0, u=0", "critical"})
    void aRequestNeverRaisesItsOwnPriority(String header) {
        assertThat(CLASSIFIER.priority(TestRequest.get("/export/x").with("Priority", header), false, Priority.NORMAL))
                .isEqualTo(Priority.BACKGROUND);
        assertThat(CLASSIFIER.priority(TestRequest.get("/other").with("Priority", header), false, Priority.NORMAL))
                .isEqualTo(Priority.NORMAL);
    }

    @ParameterizedTest
    @CsvSource({
        "/export/x, u=0, CRITICAL",
        "/export/x, u=1, IMPORTANT",
        "/other, u=2, IMPORTANT",
        "/other, u=3, NORMAL",
        "/other, u=4, BACKGROUND",
        "/pay/x, u=2, CRITICAL",
        "/pay/x, u=7, BACKGROUND",
        "/other, nonsense=, NORMAL"
    })
    void aTrustedPeersOwnRequestMayRaiseItAsWell(String path, String header, Priority priority) {
        assertThat(CLASSIFIER.priority(TestRequest.get(path).with("Priority", header), true, Priority.NORMAL))
                .isEqualTo(priority);
    }

    @ParameterizedTest
    @CsvSource({
        "/orders, /orders",
        "/orders/**, /orders/**",
        "/**, /**",
        "/, /",
        "/a.b/c-d_e~, /a.b/c-d_e~",
        "/a/**, /a/**"
    })
    void patternsAreReadAndWritten(String text, String written) {
        assertThat(PathPattern.parse(text).orElseThrow()).hasToString(written);
        assertThat(PathPattern.parse(written)).isEqualTo(PathPattern.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "orders", "/a*", "/*/b", "/a/**/b", "/a%20b", "/a/../b", "//a", "/a;b", "/a b", "**", "*", "/é"
            })
    void whatIsNoPatternIsRefused(String text) {
        assertThat(PathPattern.parse(text)).isEmpty();
    }

    @Test
    void thePatternOfAllMatchesAll() {
        PathPattern all = PathPattern.parse("/**").orElseThrow();
        assertThat(List.of("/", "/a", "/a/b")).allMatch(all::matches);
        assertThat(all.matches("*")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "/a=critical, /a=critical",
        "get /a/**=Background, GET /a/**=background",
        "' PUT  /a = normal ', PUT /a=normal"
    })
    void rulesOfPriorityAreReadAndWritten(String text, String written) {
        assertThat(rule(text)).hasToString(written).isEqualTo(rule(written));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "/a", "/a=", "=critical", "/a=urgent", "GET=critical", "GET POST /a=critical", "a=critical"})
    void whatIsNoRuleOfPriorityIsRefused(String text) {
        assertThat(PriorityRule.parse(text)).isEmpty();
    }
}
