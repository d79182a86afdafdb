package io.portguard.settings;

import io.portguard.NanoClock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The registry of a guard's settings: what each is now, what it was configured to be, and until when a tuning
 * lasts. Thread-safe; a change is checked as a whole before anything is changed, against the settings as they
 * are and against what they will be when tunings end.
 *
 * <p>A default gives way to what was set, where the two are in an order ({@link Constraint#ascending}); a value that was set
 * gives way to none.
 *
 * <p>A tuning for a time keeps the value underneath, so that ending brings back what stood before; a tuning for
 * good replaces that and ends a tuning for a time.
 */
public final class Settings {

    /** The longest time a tuning may last before it reverts by itself: a year, in seconds. */
    public static final long MAX_TUNING_SECONDS = TimeUnit.DAYS.toSeconds(366);

    private static final String PROGRAM = "program";

    private final Map<String, Setting<?>> settings = new LinkedHashMap<>();
    private final List<Constraint> constraints;
    private final NanoClock clock;
    private final List<Consumer<SettingValues>> listeners = new ArrayList<>();
    private final List<Consumer<SettingChange>> witnesses = new ArrayList<>();
    private final SettingValues configuredBase;
    private final SettingValues configured;

    /** What was set for good; {@link #current} is what comes of it with tunings and with defaults that give way. */
    private SettingValues base;

    private final Map<String, Tuning> temporary = new TreeMap<>();
    private volatile SettingValues current;

    /**
     * Settings with these configured values, by dotted name; what is missing has its default, or what comes nearest.
     *
     * @throws InvalidSettingException when a name is unknown or a value is none for its setting
     */
    public Settings(
            Collection<Setting<?>> settings,
            Collection<Constraint> constraints,
            Map<String, String> configuration,
            NanoClock clock) {
        settings.forEach(setting -> this.settings.put(setting.name(), setting));
        this.constraints = List.copyOf(constraints);
        this.clock = clock;
        SettingValues values = SettingValues.defaults(settings);
        for (Map.Entry<String, String> entry : configuration.entrySet()) {
            Setting<?> setting = known(entry.getKey(), entry.getValue());
            values = values.with(setting, setting.parse(entry.getValue()));
        }
        configuredBase = values;
        base = configuredBase;
        configured = overlaid(base, temporary);
        checkConfigured();
        current = configured;
    }

    public Collection<Setting<?>> all() {
        return List.copyOf(settings.values());
    }

    /**
     * The setting of this dotted name.
     *
     * @throws InvalidSettingException when there is none
     */
    public Setting<?> named(String name) {
        return known(name, "");
    }

    public SettingValues values() {
        return current;
    }

    /** The value of a setting as text, {@code unset} where it has none. */
    public String text(Setting<?> setting) {
        return setting.format(current.find(setting));
    }

    public String defaultText(Setting<?> setting) {
        return setting.format(setting.defaultValue());
    }

    /** In how many seconds the setting reverts by itself, rounded up; 0 when it does not. */
    public synchronized long secondsLeft(Setting<?> setting) {
        Tuning tuning = temporary.get(setting.name());
        long left = tuning == null ? 0 : tuning.nanosLeft(clock.nanoTime());
        return Math.max(0, TimeUnit.NANOSECONDS.toSeconds(left + TimeUnit.SECONDS.toNanos(1) - 1));
    }

    /** The value that {@link #revert()} goes back to, as text. */
    public String configuredText(Setting<?> setting) {
        return setting.format(configured.find(setting));
    }

    /** Whether the setting differs from what it was configured to be. */
    public boolean isTuned(Setting<?> setting) {
        return !Objects.equals(current.find(setting), configured.find(setting));
    }

    /** Whether somebody has set the setting to something else than its default. */
    public boolean isChanged(Setting<?> setting) {
        SettingValues values = current;
        return values.isSet(setting) && !Objects.equals(values.find(setting), setting.defaultValue());
    }

    /**
     * Changes a setting while the guard runs.
     *
     * @param seconds after which it reverts by itself, up to {@link #MAX_TUNING_SECONDS}; 0 for good
     * @param who changes it: a user, or the way it comes
     * @throws InvalidSettingException when the name, the value or the time is not acceptable; nothing has changed
     */
    public synchronized void tune(String name, String text, long seconds, String who) {
        Setting<?> setting = known(name, text);
        if (!setting.tunable()) {
            throw new InvalidSettingException(name, text, "no change while running; set it in the configuration");
        }
        if (seconds < 0 || seconds > MAX_TUNING_SECONDS) {
            throw new InvalidSettingException(
                    name, text, "a time from 0 to " + MAX_TUNING_SECONDS + " seconds, not " + seconds);
        }
        Object value = setting.parse(text);
        Map<String, Tuning> candidate = new TreeMap<>(temporary);
        SettingValues candidateBase = base;
        if (seconds == 0) {
            candidateBase = base.with(setting, value);
            candidate.remove(name);
        } else {
            candidate.put(name, new Tuning(value, clock.nanoTime() + TimeUnit.SECONDS.toNanos(seconds)));
        }
        checkNowAndLater(candidateBase, candidate, name, text);
        base = candidateBase;
        temporary.clear();
        temporary.putAll(candidate);
        publish(who, seconds);
    }

    /** See {@link #tune(String, String, long, String)}; the change is recorded as the program's own. */
    public void tune(String name, String text, long seconds) {
        tune(name, text, seconds, PROGRAM);
    }

    /** Takes every setting back to what it was configured to be. */
    public synchronized void revert(String who) {
        base = configuredBase;
        temporary.clear();
        publish(who, 0);
    }

    /** See {@link #revert(String)}; the change is recorded as the program's own. */
    public void revert() {
        revert(PROGRAM);
    }

    /** Ends the tunings whose time is over; to be called now and then. */
    public synchronized void expire(long nowNanos) {
        if (temporary.values().removeIf(tuning -> tuning.nanosLeft(nowNanos) <= 0)) {
            publish("time", 0);
        }
    }

    /** Tells the listener the values now, and again whenever they change. */
    public synchronized void onChange(Consumer<SettingValues> listener) {
        listeners.add(listener);
        listener.accept(current);
    }

    /** Tells the witness each change from now on. */
    public synchronized void onEachChange(Consumer<SettingChange> witness) {
        witnesses.add(witness);
    }

    private void publish(String who, long seconds) {
        SettingValues before = current;
        current = overlaid(base, temporary);
        listeners.forEach(listener -> listener.accept(current));
        for (Setting<?> setting : settings.values()) {
            if (!Objects.equals(before.find(setting), current.find(setting))) {
                SettingChange change = new SettingChange(
                        who,
                        setting.name(),
                        setting.format(before.find(setting)),
                        setting.format(current.find(setting)),
                        seconds);
                witnesses.forEach(witness -> witness.accept(change));
            }
        }
    }

    /** Tunings end one after the other; each state between must be sound as well. */
    private void checkNowAndLater(SettingValues base, Map<String, Tuning> tunings, String name, String text) {
        long now = clock.nanoTime();
        Map<String, Tuning> rest = new TreeMap<>(tunings);
        check(overlaid(base, rest), name, text);
        List<Map.Entry<String, Tuning>> inOrderOfEnd = tunings.entrySet().stream()
                .sorted(Comparator.comparingLong(tuning -> tuning.getValue().nanosLeft(now)))
                .toList();
        for (Map.Entry<String, Tuning> ending : inOrderOfEnd) {
            rest.remove(ending.getKey());
            check(overlaid(base, rest), name, text);
        }
    }

    private SettingValues overlaid(SettingValues values, Map<String, Tuning> tunings) {
        SettingValues result = values;
        for (Map.Entry<String, Tuning> tuning : tunings.entrySet()) {
            result = result.with(known(tuning.getKey(), ""), tuning.getValue().value());
        }
        for (Constraint constraint : constraints) {
            result = constraint.fitted(result);
        }
        return result;
    }

    /** Nobody has just changed one of them, so all are named that do not fit together. */
    private void checkConfigured() {
        for (Constraint constraint : constraints) {
            if (!constraint.holds(configured)) {
                Map<String, String> texts = new LinkedHashMap<>();
                constraint.atOdds(configured).forEach(setting -> texts.put(setting.name(), configuredText(setting)));
                throw new InvalidSettingException(texts, constraint.expected());
            }
        }
    }

    private void check(SettingValues values, String name, String text) {
        for (Constraint constraint : constraints) {
            if (!constraint.holds(values)) {
                throw new InvalidSettingException(name, text, constraint.expected());
            }
        }
    }

    private Setting<?> known(String name, String text) {
        Setting<?> setting = settings.get(name);
        if (setting == null) {
            throw new InvalidSettingException(
                    name, text, "the name of a setting: " + String.join(", ", settings.keySet()));
        }
        return setting;
    }
}
