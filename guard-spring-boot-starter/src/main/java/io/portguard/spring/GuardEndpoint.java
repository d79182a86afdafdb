package io.portguard.spring;

import io.portguard.GuardSnapshot;
import io.portguard.settings.InvalidSettingException;
import io.portguard.settings.Settings;
import io.portguard.spring.GuardDescription.SettingDescription;
import io.portguard.standard.StandardGuard;
import java.security.Principal;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.util.MimeType;

/*
 * A web endpoint only: over JMX, guards have a bean of their own. What is posted is taken as text that may be
 * missing, because the Actuator would answer what it cannot convert with a 400 that says nothing. A value that JSON
 * writes as a number or a flag comes as text as well; a list or an object does not come at all.
 */

/** The Actuator endpoint {@code guard}: shows guards, tunes their settings, bans and unbans clients. Thread-safe. */
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

    /**
     * Tunes a setting, or bans a client for so many seconds, or ends a ban; things are then as the answer says. Nothing has
     * changed when the answer is a problem.
     */
    @WriteOperation
    WebEndpointResponse<OperationResponseBody> change(
            SecurityContext caller,
            @Selector String name,
            @Nullable String setting,
            @Nullable String value,
            @Nullable String seconds,
            @Nullable String ban,
            @Nullable String unban) {
        StandardGuard guard = guards.get(name);
        if (guard == null) {
            return unknownGuard(name);
        }
        try {
            if (ban == null && unban == null) {
                return new WebEndpointResponse<>(tune(guard.settings(), setting, value, seconds, who(caller)));
            }
            onlyOne(setting, ban, unban);
            if (ban != null) {
                guard.ban(guard.identity().keyOf(ban), seconds(seconds), who(caller));
            } else if (unban != null) {
                guard.unban(guard.identity().keyOf(unban), who(caller));
            }
            return new WebEndpointResponse<>(new Bans(guard.bans()));
        } catch (IllegalArgumentException refused) {
            return problem(WebEndpointResponse.STATUS_BAD_REQUEST, "Bad Request", refused.getMessage());
        }
    }

    private static void onlyOne(@Nullable String... changes) {
        if (Arrays.stream(changes).filter(Objects::nonNull).count() > 1) {
            throw new IllegalArgumentException("one of \"setting\", \"ban\" and \"unban\" at a time");
        }
    }

    private SettingDescription tune(
            Settings settings, @Nullable String setting, @Nullable String value, @Nullable String seconds, String who) {
        String name = setting == null ? "" : setting;
        if (value == null) {
            // A missing value is not taken for "unset": a misspelled key would take a limit away.
            throw new InvalidSettingException(
                    name, "", "a \"value\": " + settings.named(name).expected());
        }
        settings.tune(name, value, seconds(seconds), who);
        return SettingDescription.of(settings, settings.named(name), clock);
    }

    /** As whom the audit records a change. */
    private static String who(SecurityContext caller) {
        Principal principal = caller.getPrincipal();
        return principal == null ? "actuator" : principal.getName();
    }

    private static long seconds(@Nullable String seconds) {
        if (seconds == null) {
            return 0;
        }
        try {
            return Long.parseLong(seconds.trim());
        } catch (NumberFormatException notANumber) {
            throw new InvalidSettingException(
                    "seconds", seconds, "a whole number from 0, for good, to " + Settings.MAX_TUNING_SECONDS);
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

    /** Who is banned, and for how many seconds more. */
    record Bans(Map<String, Long> bans) implements OperationResponseBody {}

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

        static GuardSummary of(GuardSnapshot now) {
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
