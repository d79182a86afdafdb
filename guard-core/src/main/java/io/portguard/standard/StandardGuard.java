package io.portguard.standard;

import io.portguard.Attempt;
import io.portguard.ClientKey;
import io.portguard.ConnectionStance;
import io.portguard.Failure;
import io.portguard.Guard;
import io.portguard.GuardSnapshot;
import io.portguard.Mode;
import io.portguard.Outcome;
import io.portguard.Permit;
import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.Rule;
import io.portguard.audit.Audit;
import io.portguard.client.ClientIdentity;
import io.portguard.connection.OpenConnections;
import io.portguard.http.HttpAttempts;
import io.portguard.http.RateLimitFields;
import io.portguard.pressure.PressureLog;
import io.portguard.pressure.QueueDelay;
import io.portguard.rule.BanRule;
import io.portguard.rule.ClientTable;
import io.portguard.rule.ClientUsage;
import io.portguard.rule.Penalties;
import io.portguard.rule.ShadowReport;
import io.portguard.rule.StandardRules;
import io.portguard.settings.SettingValues;
import io.portguard.settings.Settings;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A guarded port: the guard that the settings describe, and what belongs to it, for all adapters. Thread-safe. */
public final class StandardGuard implements AutoCloseable {

    private static final String PROGRAM = "program";

    private final Guard guard;
    private final Settings settings;
    private final StandardRules rules;
    private final RuleSettings ruleSettings;
    private final AccessLists accessLists;
    private final IdentityNotices identityNotices;
    private final PeakUse peakUse;
    private final RuleLint lint;
    private final ClientTable clients;
    private final ShadowReport shadow;
    private final HttpAttempts attempts;
    private final ConnectionChecks checks;
    private final ClientIdentity identity;
    private final OpenConnections connections;
    private final QueueDelay queueDelay;
    private final PortPressure pressure;
    private final PortState state;
    private final Audit audit;
    private final Bans bans;
    private final ScanDetection scans;
    private volatile @Nullable RateLimitFields rateLimitFields;
    private final Set<Integer> declaredPorts = ConcurrentHashMap.newKeySet();
    private volatile boolean sheddingEnabled = true;

    StandardGuard(StandardGuardBuilder builder) {
        settings = new Settings(
                ProcessSettings.with(builder.defaults),
                StandardConstraints.with(builder.usersRules()),
                builder.configuration,
                builder.clock);
        SettingValues values = settings.values();
        clients = new ClientTable(values.get(StandardSettings.CLIENTS_MAX_TRACKED), builder.clock);
        shadow = new ShadowReport(clients, builder.clock);
        connections = new OpenConnections(builder.clock, new Endings(this));
        rules = new StandardRules(
                clients,
                RuleSettings.limit(values),
                values.get(StandardSettings.CONNECTIONS_MAX),
                // A rule that only counts ends nothing for another's sake.
                (attempt, now) -> !isShadowed(Reason.CONNECTIONS) && connections.makeRoomFor(attempt, now),
                new RequestPlaces(connections, () -> isShadowed(Reason.CONCURRENCY)),
                builder.clock);
        identity = FixedSettings.identity(values);
        rules.trustedProxies(identity.trustedProxies());
        ruleSettings = new RuleSettings(rules, values);
        accessLists = new AccessLists(rules, values, builder.clock.nanoTime());
        attempts = new HttpAttempts(clients, identity, FixedSettings.classifier(values));
        peakUse = new PeakUse(rules, builder.clock.nanoTime());
        lint = new RuleLint(builder.name, accessLists, attempts, peakUse);
        queueDelay = new QueueDelay(values.get(StandardSettings.SHEDDING_TARGET_DELAY));
        pressure = new PortPressure(
                rules,
                queueDelay,
                values.get(StandardSettings.PRESSURE_NAMES),
                builder.sources,
                builder.clock,
                new PressureLog(
                        builder.name, builder.clock, builder.listeners, fault -> guard().fault("a listener", fault)));
        audit = FixedSettings.audit(builder.name, values, builder.clock);
        bans = new Bans(rules, clients, audit, values.find(StandardSettings.PENALTIES_PERSIST_TO), builder.clock);
        scans = new ScanDetection(
                builder.name,
                values.get(StandardSettings.SCANS_DECOY_PORTS),
                builder.scans,
                rules.penalties(),
                clients,
                connections,
                attempts,
                audit,
                builder.clock);
        guard = composed(builder);
        state = new PortState(guard, rules, clients, pressure);
        checks = new ConnectionChecks(guard, rules.penalties(), shadow);
        identityNotices = new IdentityNotices(guard.name(), identity, attempts);
        settings.onChange(this::apply);
        settings.onEachChange(audit::changed);
    }

    private Guard composed(StandardGuardBuilder builder) {
        Guard.Builder composed = builder.guard();
        builder.chores.forEach(chore -> composed.chore(now -> chore.accept(this)));
        pressure.slowChores().forEach(composed::slowChore);
        return composed.clients(clients)
                .connectionRules(rules.forConnections())
                .connectionRules(builder.connectionRules.toArray(new Rule[0]))
                .handshakeRules(rules.forHandshakes())
                .requestRules(rules.forRequests(identity.isByPrincipal()))
                .requestRules(builder.requestRules.toArray(new Rule[0]))
                .chore(this::tick)
                .slowChore(this::follow)
                .slowChore(scans::round)
                .slowChore(now -> bans.keep())
                .slowChore(now -> audit.drain())
                .listener(new Recorder(audit, shadow))
                .build();
    }

    /** A builder of a guard with this name, {@code server} for a service's main port. */
    public static StandardGuardBuilder builder(String name) {
        return new StandardGuardBuilder(name);
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
     * Records that a client failed by its own doing: once for each failure, whether the attempt was admitted or not.
     * Cheap unless {@code penalties.*} are set; never blocks, throws or logs, and allocates nothing but a ban.
     *
     * @param attempt that of the connection, with the peer's address, for what is wrong with the connection; that of the
     *     request for what is wrong with a request
     */
    public void failed(Attempt attempt, Failure failure) {
        rules.penalties().failed(attempt, failure);
    }

    /**
     * Records what an admitted request was answered, which may count against its client (400 to 499) or for it (200 to
     * 299): once, when the status is known, and not for the guard's own refusals. As cheap as {@link #failed}.
     */
    public void answered(Attempt attempt, int status) {
        shadow.answered(attempt, status);
        rules.penalties().answered(attempt, status);
    }

    /**
     * Hands a request that was admitted by its address over to the principal who turns out to make it. One that is not to
     * go on has been released then, since what it is answered counts neither for the service nor against its client.
     *
     * @return why the request is not to go on; null when it is, also where clients are not told by principals
     */
    public @Nullable Rejection identify(Permit admitted, String principal) {
        Attempt known = attempts.identified(admitted.attempt(), principal);
        if (known != null && guard().identify(admitted, known) instanceof Rejection rejection) {
            admitted.release(Outcome.IGNORED);
            return rejection;
        }
        return null;
    }

    /** What rules in shadow mode would have refused, and which good clients with it. */
    public List<ShadowReport.OfRule> shadowReport() {
        return shadow.rules();
    }

    private boolean isShadowed(Reason rule) {
        return guard().isShadowed(rule.text());
    }

    /** What failures there were and what they led to. */
    public Penalties penalties() {
        return rules.penalties();
    }

    /** Says that the process is meant to listen on another port too, one for management for instance. */
    public void declarePort(int port) {
        declaredPorts.add(port);
    }

    /** The ports that {@link #declarePort} named, and the decoys. */
    public Set<Integer> declaredPorts() {
        Set<Integer> declared = new HashSet<>(declaredPorts);
        declared.addAll(scans.decoys());
        return declared;
    }

    /** The last few clients that were recognised as scanning ports, and by what. */
    public List<String> scanners() {
        return scans.scanners();
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

    /**
     * See {@link BanRule#ban}.
     *
     * @param who bans it: a user, or the way it comes
     */
    public void ban(ClientKey client, long seconds, String who) {
        bans.ban(client, seconds, who);
        guard.refresh();
    }

    public void ban(ClientKey client, long seconds) {
        ban(client, seconds, PROGRAM);
    }

    /** Ends a ban and forgives the client's failures; returns whether there was a ban. */
    public boolean unban(ClientKey client) {
        return unban(client, PROGRAM);
    }

    /** The same, done by a user or in the way that is told. */
    public boolean unban(ClientKey client, String who) {
        return bans.unban(client, who);
    }

    /** Who is banned, and for how many seconds more. */
    public Map<String, Long> bans() {
        return bans.seconds();
    }

    public ClientIdentity identity() {
        return identity;
    }

    /** What an operator should know of the guard's surroundings and has to do something about; empty when all is well. */
    public List<String> notices() {
        List<String> notices = new ArrayList<>(accessLists.notices());
        notices.addAll(identityNotices.all());
        notices.addAll(audit.notices());
        notices.addAll(scans.notices());
        notices.addAll(bans.notices());
        return notices;
    }

    /** What rules probably mean otherwise than they were meant, each in a sentence. */
    public List<String> lint() {
        return lint.all(settings.values());
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
        return state.now();
    }

    /** Stops the housekeeper; decisions go on, and permits can be released. */
    @Override
    public void close() {
        guard.close();
        pressure.close();
        scans.close();
        bans.keep();
        audit.close();
    }

    private void tick(long nowNanos) {
        settings.expire(nowNanos);
        identityNotices.log();
        peakUse.tick(guard.counts(Attempt.Kind.REQUEST), guard.counts(Attempt.Kind.CONNECTION), nowNanos);
        pressure.tick(nowNanos, sheddingEnabled);
        clients.sweep();
        connections.sweep(nowNanos);
    }

    ScanDetection scans() {
        return scans;
    }

    ClientTable clients() {
        return clients;
    }

    private void follow(long nowNanos) {
        if (accessLists.follow(nowNanos, audit)) {
            lint.apply(settings.values());
        }
    }

    private void apply(SettingValues values) {
        Mode mode = values.get(StandardSettings.MODE);
        guard.mode(mode);
        shadow(values, mode);
        checks.apply(values);
        ruleSettings.apply(values);
        accessLists.apply(values);
        lint.apply(values);
        connections.configure(RuleSettings.timeouts(values), mode == Mode.ENFORCE);
        RuleSettings.apply(values, connections.bandwidth());
        rateLimitFields = RuleSettings.rateLimitFields(values);
        queueDelay.target(values.get(StandardSettings.SHEDDING_TARGET_DELAY));
        sheddingEnabled = values.get(StandardSettings.SHEDDING_ENABLED);
        guard.refresh();
    }

    private void shadow(SettingValues values, Mode mode) {
        Set<String> rulesAlone = Set.copyOf(values.get(StandardSettings.SHADOW_RULES));
        guard.shadow(rulesAlone);
        Set<String> all = ConnectionChecks.shadowed(values);
        all.addAll(rulesAlone);
        shadow.watch(all, mode == Mode.SHADOW);
        pressure.enforcing(mode == Mode.ENFORCE && !rulesAlone.contains(StandardRules.STANCE));
    }
}
