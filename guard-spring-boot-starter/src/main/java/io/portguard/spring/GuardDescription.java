package io.portguard.spring;

import io.portguard.Attempt;
import io.portguard.DecisionCounts;
import io.portguard.GuardSnapshot;
import io.portguard.Reason;
import io.portguard.rule.ShadowReport;
import io.portguard.settings.Setting;
import io.portguard.settings.Settings;
import io.portguard.standard.StandardGuard;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * A guard as the endpoint shows it.
 *
 * @param name of the guard
 * @param mode enforce, shadow or off
 * @param state how the port is
 * @param requests what was decided about requests since the guard was built
 * @param connections what was decided about connections since the guard was built
 * @param shadow what rules in shadow mode would have refused, and which good clients with it
 * @param lint what rules probably mean otherwise than they were meant
 * @param bans who is banned, and for how many seconds more
 * @param scanners the last clients that were recognised as scanning ports, and by what
 * @param settings all settings, by name
 */
record GuardDescription(
        String name,
        String mode,
        State state,
        Decisions requests,
        Decisions connections,
        List<ShadowReport.OfRule> shadow,
        List<String> lint,
        Map<String, Long> bans,
        List<String> scanners,
        Map<String, SettingDescription> settings)
        implements OperationResponseBody {

    static GuardDescription of(StandardGuard guard, InstantSource clock) {
        Map<String, SettingDescription> settings = new LinkedHashMap<>();
        for (Setting<?> setting : guard.settings().all()) {
            settings.put(setting.name(), SettingDescription.of(guard.settings(), setting, clock));
        }
        GuardSnapshot now = guard.status();
        return new GuardDescription(
                now.name(),
                now.mode().text(),
                State.of(now),
                Decisions.of(guard.guard().counts(Attempt.Kind.REQUEST)),
                Decisions.of(guard.guard().counts(Attempt.Kind.CONNECTION)),
                guard.shadowReport(),
                guard.lint(),
                guard.bans(),
                guard.scanners(),
                settings);
    }

    /** How a port is; see {@link GuardSnapshot} for what each is. What cannot be told is left out. */
    record State(
            long activeRequests,
            int requestLimit,
            int requestCapacity,
            long activeConnections,
            int connectionLimit,
            long trackedClients,
            int sheddingLevel,
            String connectionStance,
            Map<String, Double> pressure,
            @Nullable Long backlogDepth,
            @Nullable Integer backlogCapacity,
            long faults) {

        private static State of(GuardSnapshot now) {
            Map<String, Double> pressure = new LinkedHashMap<>(now.pressure());
            pressure.values().removeIf(reading -> !Double.isFinite(reading)); // JSON has no such numbers
            return new State(
                    now.activeRequests(),
                    now.requestLimit(),
                    now.requestCapacity(),
                    now.activeConnections(),
                    now.connectionLimit(),
                    now.trackedClients(),
                    now.sheddingLevel(),
                    now.connectionStance().text(),
                    pressure,
                    now.backlogDepth() < 0 ? null : now.backlogDepth(),
                    now.backlogCapacity() < 0 ? null : now.backlogCapacity(),
                    now.faults());
        }
    }

    /** What was decided, refusals by reason; in shadow mode, what would have been refused. */
    record Decisions(long admitted, Map<String, Long> rejected, Map<String, Long> wouldReject) {

        private static Decisions of(DecisionCounts counts) {
            return new Decisions(counts.admitted(), byReason(counts::rejected), byReason(counts::wouldReject));
        }

        private static Map<String, Long> byReason(ToLongFunction<Reason> count) {
            Map<String, Long> counts = new LinkedHashMap<>();
            for (Reason reason : Reason.values()) {
                counts.put(reason.text(), count.applyAsLong(reason));
            }
            return counts;
        }
    }

    /**
     * A setting.
     *
     * @param name dotted
     * @param value as text; unset where it has none
     * @param configured what it is without tuning, as text
     * @param tuned whether it has been changed since it was configured, for a time or for good
     * @param defaultValue as text
     * @param expected what a value has to be
     * @param tunable whether it can be changed while the guard runs
     * @param secondsLeft until it reverts by itself; null when it does not
     * @param tunedUntil when that is; null when it does not
     */
    record SettingDescription(
            String name,
            String value,
            String configured,
            String defaultValue,
            boolean tuned,
            String expected,
            boolean tunable,
            @Nullable Long secondsLeft,
            @Nullable String tunedUntil)
            implements OperationResponseBody {

        static SettingDescription of(Settings settings, Setting<?> setting, InstantSource clock) {
            long secondsLeft = settings.secondsLeft(setting);
            Instant until = clock.instant().truncatedTo(ChronoUnit.SECONDS).plusSeconds(secondsLeft);
            return new SettingDescription(
                    setting.name(),
                    settings.text(setting),
                    settings.configuredText(setting),
                    settings.defaultText(setting),
                    settings.isTuned(setting),
                    setting.expected(),
                    setting.tunable(),
                    secondsLeft == 0 ? null : secondsLeft,
                    secondsLeft == 0 ? null : until.toString());
        }
    }
}
