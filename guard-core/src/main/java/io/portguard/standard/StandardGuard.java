package io.portguard.standard;

import io.portguard.Attempt;
import io.portguard.ClientKey;
import io.portguard.ConnectionStance;
import io.portguard.DecisionCounts;
import io.portguard.Failure;
import io.portguard.Guard;
import io.portguard.GuardListener;
import io.portguard.GuardSnapshot;
import io.portguard.Mode;
import io.portguard.NanoClock;
import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.Rule;
import io.portguard.client.ClientIdentity;
import io.portguard.connection.ConnectionTimeouts;
import io.portguard.connection.OpenConnections;
import io.portguard.http.HttpAttempts;
import io.portguard.http.RateLimitFields;
import io.portguard.http.RequestClassifier;
import io.portguard.pressure.FileDescriptors;
import io.portguard.pressure.PressureLog;
import io.portguard.pressure.PressureSource;
import io.portguard.pressure.QueueDelay;
import io.portguard.pressure.RefusalPause;
import io.portguard.pressure.Trigger;
import io.portguard.rule.BanRule;
import io.portguard.rule.ClientTable;
import io.portguard.rule.ClientUsage;
import io.portguard.rule.Penalties;
import io.portguard.rule.StandardRules;
import io.portguard.settings.Setting;
import io.portguard.settings.SettingValues;
import io.portguard.settings.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A guarded port: the guard that the settings describe, with what belongs to it. Every adapter gets the same
 * one. Thread-safe.
 */
public final class StandardGuard implements AutoCloseable {

    private static final double CONNECTIONS_PER_DESCRIPTOR = 0.8;

    private final Guard guard;
    private final Settings settings;
    private final StandardRules rules;
    private final RuleSettings ruleSettings;
    private final AccessLists accessLists;
    private final IdentityNotices identityNotices;
    private final ClientTable clients;
    private final HttpAttempts attempts;
    private final ConnectionChecks checks;
    private final ClientIdentity identity;
    private final OpenConnections connections;
    private final QueueDelay queueDelay;
    private final PortPressure pressure;
    private volatile @Nullable RateLimitFields rateLimitFields;
    private final Set<Integer> declaredPorts = ConcurrentHashMap.newKeySet();
    private volatile boolean sheddingEnabled = true;

    private StandardGuard(Builder builder) {
        settings = new Settings(
                settingsOfThisProcess(builder.defaults),
                StandardSettings.CONSTRAINTS,
                builder.configuration,
                builder.clock);
        SettingValues values = settings.values();
        clients = new ClientTable(values.get(StandardSettings.CLIENTS_MAX_TRACKED), builder.clock);
        connections = new OpenConnections(builder.clock, this::ended);
        rules = new StandardRules(
                clients,
                RuleSettings.limit(values),
                values.get(StandardSettings.CONNECTIONS_MAX),
                connections::makeRoomFor,
                builder.clock);
        identity = new ClientIdentity(
                values.get(StandardSettings.CLIENTS_IDENTIFY_BY),
                values.get(StandardSettings.CLIENTS_IPV4_PREFIX),
                values.get(StandardSettings.CLIENTS_IPV6_PREFIX),
                values.get(StandardSettings.CLIENTS_TRUSTED_PROXIES));
        rules.trustedProxies(identity.trustedProxies());
        ruleSettings = new RuleSettings(rules, values);
        accessLists = new AccessLists(rules, values, builder.clock.nanoTime());
        attempts = new HttpAttempts(
                clients,
                identity,
                new RequestClassifier(
                        values.get(StandardSettings.REQUESTS_PRIORITIES),
                        values.get(StandardSettings.REQUESTS_EXEMPT)));
        queueDelay = new QueueDelay(values.get(StandardSettings.SHEDDING_TARGET_DELAY));
        pressure = new PortPressure(
                rules,
                queueDelay,
                values.get(StandardSettings.PRESSURE_NAMES),
                builder.sources,
                builder.clock,
                new PressureLog(
                        builder.name, builder.clock, builder.listeners, fault -> guard().fault("a listener", fault)));
        guard = builder.guard(this);
        checks = new ConnectionChecks(guard, rules.penalties());
        identityNotices = new IdentityNotices(guard.name(), identity, attempts);
        settings.onChange(this::apply);
    }

    /** A builder of a guard with this name, {@code server} for a service's main port. */
    public static Builder builder(String name) {
        return new Builder(name);
    }

    public Guard guard() {
        return guard;
    }

    public Settings settings() {
        return settings;
    }

    /** What turns connections and requests into attempts, as the settings say. */
    public HttpAttempts attempts() {
        return attempts;
    }

    /** Where adapters say which connections are open, and what these are doing. */
    public OpenConnections connections() {
        return connections;
    }

    /** What adapters that see the bytes of a connection look at before its first request. */
    public ConnectionChecks checks() {
        return checks;
    }

    /** Where adapters record how long tasks waited for a thread. */
    public QueueDelay queueDelay() {
        return queueDelay;
    }

    /**
     * How long, in nanoseconds, an adapter that can does not read a connection after this refusal on it; see {@link
     * RefusalPause}. Only for clients that are refused for what they do themselves, and clearly: others would have
     * their next request read late. Not meant for connections that carry requests of several clients.
     */
    public long refusalPauseNanos(Rejection rejection) {
        boolean ownDoing = rejection.reason().httpStatus() != 503 && rejection.retryAfterSeconds() > 1;
        return ownDoing ? pressure.refusalPauseNanos() : 0;
    }

    /** What a refusal says of the clients' rate; null while there is none. */
    public @Nullable RateLimitFields rateLimitFields() {
        return rateLimitFields;
    }

    /**
     * Watches the accept queue of a guarded port, once it listens; those of other ports are watched as before.
     *
     * @param localPort 1 to 65535
     * @param backlog that the port was bound with; the kernel's own limit is taken into account
     */
    public void watchBacklog(int localPort, int backlog) {
        pressure.backlog().watch(localPort, backlog);
    }

    /**
     * Records that a client failed by its own doing: to be called by adapters, once for each failure, whether the
     * attempt was admitted or not. Costs two words' reading unless {@code penalties.*} are set; never blocks, throws or
     * logs, and allocates nothing but a ban.
     *
     * @param attempt whose client it was: that of the connection, with the peer's address, for what is wrong with the
     *     connection; that of the request for what is wrong with a request
     */
    public void failed(Attempt attempt, Failure failure) {
        rules.penalties().failed(attempt, failure);
    }

    /**
     * Records what an admitted request was answered, for those of 400 to 499 that count against their client: to be
     * called by adapters when the status is known, and not for the guard's own refusals. Costs as little as {@link
     * #failed}.
     */
    public void answered(Attempt attempt, int status) {
        rules.penalties().answered(attempt, status);
    }

    /** What failures there were and what they led to. */
    public Penalties penalties() {
        return rules.penalties();
    }

    /** Says that the process is meant to listen on another port too, one for management for instance. */
    public void declarePort(int port) {
        declaredPorts.add(port);
    }

    /** The ports that {@link #declarePort} named. */
    public Set<Integer> declaredPorts() {
        return Set.copyOf(declaredPorts);
    }

    /** Refuses everything from now on, because the service is shutting down. */
    public void drain() {
        draining(true);
    }

    /** Ends a drain: the service goes on after all, or again. */
    public void resume() {
        draining(false);
    }

    private void draining(boolean is) {
        rules.draining(is);
        connections.draining(is);
        guard.refresh();
    }

    /** See {@link BanRule#ban}. */
    public void ban(ClientKey client, long seconds) {
        rules.bans().ban(client, seconds);
        guard.refresh();
    }

    /** Ends a ban and forgives the client's failures; returns whether there was a ban. */
    public boolean unban(ClientKey client) {
        rules.penalties().forgive(clients.client(client));
        return rules.bans().unban(client);
    }

    /** Who is banned, and for how many seconds more. */
    public Map<String, Long> bans() {
        return rules.bans().bans();
    }

    /** How this guard tells clients apart. */
    public ClientIdentity identity() {
        return identity;
    }

    /** What an operator should know of the guard's surroundings and has to do something about; empty when all is well. */
    public List<String> notices() {
        List<String> notices = new ArrayList<>(accessLists.notices());
        notices.addAll(identityNotices.all());
        return notices;
    }

    /** The clients that have used the most lately, heaviest first. */
    public List<ClientUsage> topClients(int count) {
        return clients.top(count);
    }

    /**
     * What to do with connections: one volatile read, for adapters to look at when they are about to accept and when a
     * response has ended. Who is to be closed is refused by {@link Guard#tryAdmit} too, for {@code overload}, so an
     * adapter need only see to the pause and to kept connections.
     */
    public ConnectionStance connectionStance() {
        return pressure.stance();
    }

    /** How hard-pressed the port is. */
    public PortPressure pressure() {
        return pressure;
    }

    public GuardSnapshot status() {
        DecisionCounts requests = guard.counts(Attempt.Kind.REQUEST);
        return new GuardSnapshot(
                guard.name(),
                guard.mode(),
                requests.active(),
                guard.counts(Attempt.Kind.CONNECTION).active(),
                rules.requestLimit().limit(),
                rules.requestLimit().capacity(),
                rules.maxConnections(),
                requests.admitted(),
                requests.rejected(),
                requests.wouldReject(),
                clients.size(),
                rules.sheddingLevel(),
                pressure.stance(),
                pressure.readings(),
                pressure.backlog().depth(),
                pressure.backlog().capacity(),
                guard.faults());
    }

    /** Stops the housekeeper; decisions go on, and permits can be released. */
    @Override
    public void close() {
        guard.close();
    }

    private void tick(long nowNanos) {
        settings.expire(nowNanos);
        accessLists.follow(nowNanos);
        identityNotices.log();
        pressure.tick(nowNanos, sheddingEnabled);
        clients.sweep();
        connections.sweep(nowNanos);
    }

    /** A connection was ended for what it did not do. */
    private void ended(Attempt connection, Reason reason) {
        guard.refuse(connection, Rejection.of(reason), Mode.ENFORCE);
    }

    private void apply(SettingValues values) {
        guard.mode(values.get(StandardSettings.MODE));
        pressure.enforcing(values.get(StandardSettings.MODE) == Mode.ENFORCE);
        checks.apply(values);
        ruleSettings.apply(values);
        accessLists.apply(values);
        applyTimeouts(values);
        rateLimitFields = rateLimitFields(values);
        queueDelay.target(values.get(StandardSettings.SHEDDING_TARGET_DELAY));
        sheddingEnabled = values.get(StandardSettings.SHEDDING_ENABLED);
        guard.refresh();
    }

    private void applyTimeouts(SettingValues values) {
        connections.configure(
                new ConnectionTimeouts(
                        values.get(StandardSettings.CONNECTIONS_TLS_HANDSHAKE_TIMEOUT)
                                .toNanos(),
                        values.get(StandardSettings.CONNECTIONS_REQUEST_TIMEOUT).toNanos(),
                        values.get(StandardSettings.CONNECTIONS_IDLE_TIMEOUT).toNanos(),
                        values.get(StandardSettings.CONNECTIONS_MIN_DATA_RATE)),
                values.get(StandardSettings.MODE) == Mode.ENFORCE);
    }

    private static @Nullable RateLimitFields rateLimitFields(SettingValues values) {
        Double rate = values.find(StandardSettings.CLIENTS_RATE);
        Double burst = values.find(StandardSettings.CLIENTS_BURST);
        return rate == null ? null : new RateLimitFields(rate, burst == null ? rate : burst);
    }

    private static List<Setting<?>> settingsOfThisProcess(Map<String, String> defaults) {
        long descriptors = new FileDescriptors().max();
        List<Setting<?>> settings = new ArrayList<>(StandardSettings.all());
        if (descriptors > 0) {
            long connections = Math.max(1, Math.min((long) (descriptors * CONNECTIONS_PER_DESCRIPTOR), 10_000_000));
            settings.replaceAll(setting -> setting.equals(StandardSettings.CONNECTIONS_MAX)
                    ? StandardSettings.CONNECTIONS_MAX.withDefault((int) connections)
                    : setting);
        }
        settings.replaceAll(setting -> {
            String text = defaults.get(setting.name());
            return text == null ? setting : setting.withDefaultText(text);
        });
        return settings;
    }

    /** Builds a {@link StandardGuard}. Not thread-safe. */
    public static final class Builder {

        private final Map<String, String> configuration = new LinkedHashMap<>();
        private final Map<String, String> defaults = new LinkedHashMap<>();
        private final Map<PressureSource, Trigger> sources = new LinkedHashMap<>();
        private final List<GuardListener> listeners = new ArrayList<>();
        private final List<Consumer<StandardGuard>> chores = new ArrayList<>();
        private final List<Rule> connectionRules = new ArrayList<>();
        private final List<Rule> requestRules = new ArrayList<>();
        private final String name;
        private final Guard.Builder guard;
        private NanoClock clock = NanoClock.system();

        private Builder(String name) {
            this.name = name;
            guard = Guard.builder(name);
        }

        /**
         * Sets settings by their dotted names; those that are wrong are told when the guard is built, by an {@link
         * io.portguard.settings.InvalidSettingException}.
         */
        public Builder configure(Map<String, String> settings) {
            configuration.putAll(settings);
            return this;
        }

        /** Sets what settings are unless they are configured, by their dotted names. */
        public Builder defaults(Map<String, String> settings) {
            defaults.putAll(settings);
            return this;
        }

        public Builder clock(NanoClock clock) {
            this.clock = clock;
            guard.clock(clock);
            return this;
        }

        public Builder listener(GuardListener listener) {
            guard.listener(listener);
            listeners.add(listener);
            return this;
        }

        /** Adds a source of pressure; load is shed in proportion to how far it is above 0.8. */
        public Builder pressure(PressureSource source) {
            return pressure(source, Trigger.stock(0.8, 1));
        }

        /** Adds a source of pressure, and what it sets off. */
        public Builder pressure(PressureSource source, Trigger trigger) {
            sources.put(source, trigger);
            return this;
        }

        /** Adds rules for connections, asked after the standard ones. */
        public Builder connectionRules(Rule... rules) {
            connectionRules.addAll(List.of(rules));
            return this;
        }

        /** Adds rules for requests, asked after the standard ones. */
        public Builder requestRules(Rule... rules) {
            requestRules.addAll(List.of(rules));
            return this;
        }

        /** Adds what the housekeeper is to do at each tick; it must not block. */
        public Builder chore(Consumer<StandardGuard> chore) {
            chores.add(chore);
            return this;
        }

        /** How often the housekeeper ticks; zero for no thread, see {@link Guard.Builder#tickInterval}. */
        public Builder tickInterval(Duration interval) {
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

        private Guard guard(StandardGuard port) {
            chores.forEach(chore -> guard.chore(now -> chore.accept(port)));
            port.pressure.slowChores().forEach(guard::slowChore);
            return guard.clients(port.clients)
                    .connectionRules(port.rules.forConnections())
                    .connectionRules(connectionRules.toArray(new Rule[0]))
                    .handshakeRules(port.rules.forHandshakes())
                    .requestRules(port.rules.forRequests())
                    .requestRules(requestRules.toArray(new Rule[0]))
                    .chore(port::tick)
                    .build();
        }
    }
}
