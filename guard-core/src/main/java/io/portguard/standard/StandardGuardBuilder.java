package io.portguard.standard;

import io.portguard.Guard;
import io.portguard.GuardListener;
import io.portguard.NanoClock;
import io.portguard.Rule;
import io.portguard.pressure.PressureSource;
import io.portguard.pressure.Trigger;
import io.portguard.rule.ScanWatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Builds a {@link StandardGuard}. Not thread-safe. */
public final class StandardGuardBuilder {

    final Map<String, String> configuration = new LinkedHashMap<>();
    final Map<String, String> defaults = new LinkedHashMap<>();
    final Map<PressureSource, Trigger> sources = new LinkedHashMap<>();
    final List<GuardListener> listeners = new ArrayList<>();
    final List<Consumer<StandardGuard>> chores = new ArrayList<>();
    final List<Rule> connectionRules = new ArrayList<>();
    final List<Rule> requestRules = new ArrayList<>();
    final String name;
    private final Guard.Builder guard;
    ScanWatch scans = new ScanWatch();
    NanoClock clock = NanoClock.system();

    StandardGuardBuilder(String name) {
        this.name = name;
        guard = Guard.builder(name);
    }

    /**
     * Sets settings by their dotted names; those that are wrong are told when the guard is built, by an {@link
     * io.portguard.settings.InvalidSettingException}.
     */
    public StandardGuardBuilder configure(Map<String, String> settings) {
        configuration.putAll(settings);
        return this;
    }

    /** Sets what settings are unless they are configured, by their dotted names. */
    public StandardGuardBuilder defaults(Map<String, String> settings) {
        defaults.putAll(settings);
        return this;
    }

    public StandardGuardBuilder clock(NanoClock clock) {
        this.clock = clock;
        guard.clock(clock);
        return this;
    }

    public StandardGuardBuilder listener(GuardListener listener) {
        guard.listener(listener);
        listeners.add(listener);
        return this;
    }

    /** Adds a source of pressure; load is shed in proportion to how far it is above 0.8. */
    public StandardGuardBuilder pressure(PressureSource source) {
        return pressure(source, Trigger.stock(0.8, 1));
    }

    /** Adds a source of pressure, and what it sets off. */
    public StandardGuardBuilder pressure(PressureSource source, Trigger trigger) {
        sources.put(source, trigger);
        return this;
    }

    /** Adds rules for connections, asked after the standard ones. */
    public StandardGuardBuilder connectionRules(Rule... rules) {
        connectionRules.addAll(List.of(rules));
        return this;
    }

    /** Adds rules for requests, asked after the standard ones. */
    public StandardGuardBuilder requestRules(Rule... rules) {
        requestRules.addAll(List.of(rules));
        return this;
    }

    /** Recognises scans together with the other guards of the process that have the same watch. */
    public StandardGuardBuilder scans(ScanWatch watch) {
        scans = watch;
        return this;
    }

    /** Adds what the housekeeper is to do at each tick; it must not block. */
    public StandardGuardBuilder chore(Consumer<StandardGuard> chore) {
        chores.add(chore);
        return this;
    }

    /** How often the housekeeper ticks; zero for no thread, see {@link Guard.Builder#tickInterval}. */
    public StandardGuardBuilder tickInterval(Duration interval) {
        guard.tickInterval(interval);
        return this;
    }

    /**
     * Builds the guard.
     *
     * @throws io.portguard.settings.InvalidSettingException when a setting is wrong
     */
    public StandardGuard build() {
        return new StandardGuard(this);
    }

    List<Rule> usersRules() {
        return Stream.concat(connectionRules.stream(), requestRules.stream()).toList();
    }

    /** The guard's own builder, with all that was said about the guard; its rules come in the order they are added. */
    Guard.Builder guard() {
        return guard;
    }
}
