package io.portguard.spring;

import io.portguard.settings.InvalidSettingException;
import io.portguard.settings.Settings;
import io.portguard.spring.GuardDescription.SettingDescription;
import io.portguard.standard.StandardGuard;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.util.MimeType;

/*
 * A web endpoint only: over JMX, guards have a bean of their own. What is posted is taken as it comes, an Object
 * that may be missing, because the Actuator would answer what it cannot convert with a 400 that says nothing.
 */

/** The Actuator endpoint {@code guard}: shows guards and tunes their settings. Thread-safe. */
@WebEndpoint(id = "guard")
final class GuardEndpoint {

    private static final MimeType PROBLEM_JSON = MimeType.valueOf("application/problem+json");

    private final Map<String, StandardGuard> guards = new LinkedHashMap<>();
    private final InstantSource clock;

    GuardEndpoint(List<StandardGuard> guards, InstantSource clock) {
        guards.forEach(guard -> this.guards.put(guard.guard().name(), guard));
        this.clock = clock;
    }

    @ReadOperation
    GuardList guards() {
        Map<String, GuardSummary> summaries = new LinkedHashMap<>();
        guards.forEach((name, guard) -> summaries.put(name, GuardSummary.of(guard.status())));
        return new GuardList(summaries);
    }

    @ReadOperation
    WebEndpointResponse<OperationResponseBody> guard(@Selector String name) {
        StandardGuard guard = guards.get(name);
        return guard == null ? unknownGuard(name) : new WebEndpointResponse<>(GuardDescription.of(guard, clock));
    }

    /** Tunes a setting, after which it is as the answer says; nothing has changed when the answer is a problem. */
    @WriteOperation
    WebEndpointResponse<OperationResponseBody> tune(
            @Selector String name, @Nullable Object setting, @Nullable Object value, @Nullable Object seconds) {
        StandardGuard guard = guards.get(name);
        if (guard == null) {
            return unknownGuard(name);
        }
        try {
            return new WebEndpointResponse<>(tune(guard.settings(), setting, value, seconds));
        } catch (InvalidSettingException refused) {
            return problem(WebEndpointResponse.STATUS_BAD_REQUEST, "Bad Request", refused.getMessage());
        }
    }

    private SettingDescription tune(
            Settings settings, @Nullable Object setting, @Nullable Object value, @Nullable Object seconds) {
        String name = setting == null ? "" : setting.toString();
        String text = text(value);
        if (text == null) {
            // A missing value is not taken for "unset": a misspelled key would take a limit away.
            throw new InvalidSettingException(
                    name, "", "a \"value\": " + settings.named(name).expected());
        }
        settings.tune(name, text, seconds(seconds));
        return SettingDescription.of(settings, settings.named(name), clock);
    }

    /** Numbers and flags need no quotes in JSON, and a list is written as one. */
    private static @Nullable String text(@Nullable Object value) {
        if (value instanceof Collection<?> list) {
            return list.stream().map(String::valueOf).collect(Collectors.joining(", "));
        }
        return value == null ? null : value.toString();
    }

    private static long seconds(@Nullable Object seconds) {
        if (seconds == null) {
            return 0;
        }
        try {
            return Long.parseLong(seconds.toString().trim());
        } catch (NumberFormatException notANumber) {
            throw new InvalidSettingException(
                    "seconds",
                    seconds.toString(),
                    "a whole number from 0, for good, to " + Settings.MAX_TUNING_SECONDS);
        }
    }

    private WebEndpointResponse<OperationResponseBody> unknownGuard(String name) {
        String sentence = new InvalidSettingException("guard", name, String.join(", ", guards.keySet())).getMessage();
        return problem(WebEndpointResponse.STATUS_NOT_FOUND, "Not Found", String.valueOf(sentence));
    }

    private static WebEndpointResponse<OperationResponseBody> problem(
            int status, String title, @Nullable String detail) {
        return new WebEndpointResponse<>(new Problem(status, title, String.valueOf(detail)), status, PROBLEM_JSON);
    }

    /** A problem as RFC 9457 writes it. */
    record Problem(int status, String title, String detail) implements OperationResponseBody {}

    /** All guards of the service, by name. */
    record GuardList(Map<String, GuardSummary> guards) implements OperationResponseBody {}

    /** What tells at a glance how a guard is. */
    record GuardSummary(
            String mode,
            long activeRequests,
            int requestLimit,
            long admittedRequests,
            long rejectedRequests,
            int sheddingLevel) {

        static GuardSummary of(io.portguard.GuardSnapshot now) {
            return new GuardSummary(
                    now.mode().text(),
                    now.activeRequests(),
                    now.requestLimit(),
                    now.admittedRequests(),
                    now.rejectedRequests(),
                    now.sheddingLevel());
        }
    }
}
