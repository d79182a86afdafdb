package io.portguard.standard;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempts;
import io.portguard.CapturedLog;
import io.portguard.IpAddress;
import io.portguard.ManualClock;
import io.portguard.Outcome;
import io.portguard.Permit;
import io.portguard.http.HttpRequestView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuleLintTest {

    private final ManualClock clock = new ManualClock();

    private StandardGuard guard(String... settings) {
        Map<String, String> configured = new HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            configured.put(settings[i], settings[i + 1]);
        }
        return StandardGuard.builder("test")
                .configure(configured)
                .clock(clock)
                .tickInterval(Duration.ZERO)
                .build();
    }

    @Test
    void ofSoundRulesThereIsNothingToSay() {
        assertThat(guard().lint()).isEmpty();
        assertThat(guard(
                                "access.deny",
                                "203.0.113.0/24, 2001:db8:bad::/48",
                                "clients.trusted-proxies",
                                "10.0.0.0/8",
                                "requests.priorities",
                                "GET /a/**=critical, /a/**=normal, /b=background, /ab/**=critical, /**=normal",
                                "connections.max-per-client",
                                "10",
                                "penalties.ban-at",
                                "100")
                        .lint())
                .isEmpty();
        assertThat(guard("access.allow", "192.0.2.0/24, 10.0.0.0/8", "access.deny", "192.0.2.128/25")
                        .lint())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "access.deny; 10.0.0.0/8; access.deny: 10.0.0.0/8 holds trusted proxies (10.1.2.0/24)",
                "access.deny; 10.1.2.3; access.deny: 10.1.2.3 holds trusted proxies (10.1.2.0/24)",
                "access.deny; 127.0.0.1; access.deny: 127.0.0.1 holds loopback addresses (127.0.0.0/8)",
                "access.deny; ::/127; access.deny: ::/127 holds loopback addresses (::1)",
                "access.allow; 0.0.0.0/0; access.allow: 0.0.0.0/0 lets everybody in.",
                "access.deny; 203.0.113.0/24, 203.0.113.7; access.deny: 203.0.113.7 adds nothing, it is in 203.0.113.0/24.",
                "access.deny; 203.0.113.7, 203.0.113.7; access.deny: 203.0.113.7 adds nothing, it is in 203.0.113.7.",
                "requests.exempt; /livez, /**; requests.exempt: /** exempts all, nothing is ever refused.",
                "requests.streams; /events, /**; requests.streams: all requests give their places back with the first byte",
                "requests.priorities; /a/**=critical, GET /a/b=normal; requests.priorities: \"GET /a/b=normal\" is never reached, \"/a/**=critical\" is before it.",
                "requests.priorities; /a=critical, /a=normal; \"/a=normal\" is never reached, \"/a=critical\" is before it.",
                "requests.priorities; /livez=critical; \"/livez=critical\" means nothing, such requests are exempt.",
                "requests.priorities; /**=critical; \"/**=critical\" makes all requests matter alike.",
                "connections.max-per-client; 5000; connections.max-per-client (5000) limits nobody, connections.max is 5000.",
                "clients.max-concurrent; 100; clients.max-concurrent (100) limits nobody, requests.concurrency.max is 100.",
                "penalties.weights; 404=0; penalties.weights are all 0, so that nobody is ever punished."
            })
    void whatIsProbablyNotMeantIsTold(String setting, String value, String notice) {
        StandardGuard guard = guard(
                "clients.trusted-proxies",
                "10.1.2.0/24",
                "connections.max",
                "5000",
                "requests.concurrency.max",
                "100",
                "penalties.ban-at",
                "10",
                setting,
                value);
        assertThat(guard.lint()).singleElement().asString().contains(notice);
    }

    @Test
    void listsThatContradictEachOther() {
        assertThat(guard("access.allow", "192.0.2.0/25", "access.deny", "192.0.2.0/24, 203.0.113.7")
                        .lint())
                .containsExactly(
                        "access.allow: 192.0.2.0/25 lets nobody in, access.deny refuses 192.0.2.0/24.",
                        "access.deny: 203.0.113.7 adds nothing, it is not in access.allow.");
        assertThat(guard("access.deny", "0.0.0.0/0").lint()).contains("access.deny: 0.0.0.0/0 refuses everybody.");
    }

    @Test
    void aListOfThousandsIsSummedUp(@TempDir Path folder) throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            lines.add("10." + i / 2_500 + "." + i % 250 + "." + i % 251);
        }
        Path file = Files.write(folder.resolve("deny"), lines);
        assertThat(guard("access.deny-file", file.toString(), "clients.trusted-proxies", "10.0.0.0/8")
                        .lint())
                .contains("… and 9990 more of these.")
                .hasSizeLessThan(30);
    }

    @Test
    void aListThatShutsOutTheHealthProbesIsToldWhenItIsTuned() {
        StandardGuard guard = guard();
        IpAddress probe = IpAddress.parse("10.9.0.1").orElseThrow();
        guard.attempts().ofConnection(probe).request(new Get("/livez"));
        guard.attempts()
                .ofConnection(IpAddress.parse("192.0.2.1").orElseThrow())
                .request(new Get("/"));
        try (CapturedLog log = new CapturedLog(RuleLint.class)) {
            guard.settings().tune("access.deny", "10.9.0.0/16", 60);
            guard.settings().tune("clients.rate", "100", 60);
            assertThat(log.records())
                    .extracting(LogRecord::getMessage)
                    .containsExactly(
                            "Guard \"test\": access.deny holds 10.9.0.1, from where health probes come: they cannot connect.");
            guard.settings().revert();
            assertThat(guard.lint()).isEmpty();
            guard.settings().tune("access.allow", "192.0.2.0/24", 60);
            assertThat(guard.lint())
                    .containsExactly(
                            "access.allow lacks 10.9.0.1, from where health probes come: they cannot connect.");
            assertThat(log.records()).hasSize(2);
        }
    }

    @Test
    void aLimitBelowWhatWasUsedIsToldForAnHour() {
        StandardGuard guard = guard("requests.concurrency.initial", "100", "connections.max", "1000");
        List<Permit> permits = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            permits.add((Permit)
                    guard.guard().tryAdmit(Attempts.request(guard.guard().client(Attempts.key(1)))));
            permits.add((Permit)
                    guard.guard().tryAdmit(Attempts.connection(guard.guard().client(Attempts.key(1)))));
            permits.add((Permit)
                    guard.guard().tryAdmit(Attempts.connection(guard.guard().client(Attempts.key(2)))));
        }
        clock.advanceSeconds(1);
        guard.guard().tick();
        permits.forEach(permit -> permit.release(Outcome.SUCCESS));
        clock.advance(Duration.ofMinutes(50));
        guard.guard().tick();
        guard.settings().tune("connections.max", "59", 0);
        guard.settings().tune("connections.max-per-client", "29", 0);
        guard.settings().tune("clients.max-concurrent", "29", 0);
        guard.settings().tune("connections.accept-rate", "59", 0);
        guard.settings().tune("requests.concurrency.initial", "1", 0);
        guard.settings().tune("requests.concurrency.max", "29", 0);
        assertThat(guard.lint())
                .contains(
                        "connections.max is 59, and 60 connections were open at once within the last hour.",
                        "connections.max-per-client is 29, and 30 connections of one client were open at once within the last hour.",
                        "connections.accept-rate is 59.0, and 60 connections came in a second within the last hour.",
                        "requests.concurrency.max is 29, and 30 requests were in progress at once within the last hour.",
                        "clients.max-concurrent is 29, and 30 requests of one client were in progress at once within the last hour.");
        guard.settings().revert();
        assertThat(guard.lint()).isEmpty();
        guard.settings().tune("connections.max", "59", 0);
        clock.advance(Duration.ofMinutes(20));
        guard.guard().tick();
        assertThat(guard.lint()).isEmpty();
    }

    private record Get(String rawPath) implements HttpRequestView {

        @Override
        public String method() {
            return "GET";
        }

        @Override
        public @Nullable String header(String name) {
            return null;
        }

        @Override
        public @Nullable String principal() {
            return null;
        }
    }
}
