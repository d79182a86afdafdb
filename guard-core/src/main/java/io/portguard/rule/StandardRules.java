package io.portguard.rule;

import io.portguard.Attempt;
import io.portguard.ConnectionStance;
import io.portguard.NanoClock;
import io.portguard.Priority;
import io.portguard.Reason;
import io.portguard.Rule;
import io.portguard.client.AddressRanges;
import io.portguard.limit.Allowance;
import io.portguard.limit.Limit;
import io.portguard.limit.LimitParameters;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules of the standard guard, in the order they are asked, cheapest and easiest to take back first.
 * Thread-safe; each may be configured while permits are out.
 */
public final class StandardRules {

    /** The rule that closes new connections, as the stance says. */
    public static final String STANCE = "stance";

    /** The rules that can be in shadow mode by themselves: all but that of draining, which is no judgement. */
    public static final List<String> NAMES = List.of(
            "access",
            "banned",
            "client-rate",
            "client-concurrency",
            "shedding",
            "concurrency",
            STANCE,
            "client-accept-rate",
            "accept-rate",
            "client-connections",
            "connections",
            "handshakes");

    private final AccessRule access = new AccessRule();
    private final Spared spared = new Spared();
    private final BanRule bans;
    private final Penalties penalties;
    private final DrainRule drain = new DrainRule();
    private final RateRule clientRate;
    private final ClientCountRule clientRequests;
    private final SheddingRule shedding;
    private final ConcurrencyRule concurrency;
    private final FairShare fairShare;
    private final RateRule clientAcceptRate;
    private final RateRule acceptRate;
    private final ClientCountRule clientConnections;
    private final StanceRule stance = new StanceRule();
    private final CountRule connections;
    private final CountRule handshakes =
            new CountRule("handshakes", Reason.CONCURRENCY, ClientCountRule.UNLIMITED, Room.NONE);
    private final BackgroundSheddingRule sheddingBackground;
    private final SheddingLevel level = new SheddingLevel();

    /**
     * The rules.
     *
     * @param room what makes room for a connection when there is none
     * @param places what makes a place for a request when there is none
     */
    public StandardRules(
            ClientTable clients, Limit limit, int maxConnections, Room room, Room places, NanoClock clock) {
        long now = clock.nanoTime();
        bans = new BanRule(clock, spared);
        penalties = new Penalties(clients, bans, spared, clock);
        fairShare = new FairShare(now);
        clientRate = RateRule.ofClients(Reason.CLIENT_RATE, clients, Attempt.Kind.REQUEST, penalties);
        clientRequests = new ClientCountRule(Reason.CLIENT_CONCURRENCY, clients, Attempt.Kind.REQUEST);
        concurrency = new ConcurrencyRule(limit, clients, fairShare, places, now);
        shedding = new SheddingRule(concurrency);
        sheddingBackground = new BackgroundSheddingRule(shedding);
        clientAcceptRate = RateRule.ofClients(Reason.CLIENT_ACCEPT_RATE, clients, Attempt.Kind.CONNECTION, penalties);
        acceptRate = RateRule.ofAll(Reason.ACCEPT_RATE, now);
        clientConnections = new ClientCountRule(Reason.CLIENT_CONNECTIONS, clients, Attempt.Kind.CONNECTION);
        connections = new CountRule(Reason.CONNECTIONS.text(), Reason.CONNECTIONS, maxConnections, room);
    }

    public Rule[] forConnections() {
        return new Rule[] {access, bans, drain, stance, clientAcceptRate, acceptRate, clientConnections, connections};
    }

    public Rule[] forHandshakes() {
        return new Rule[] {sheddingBackground, handshakes};
    }

    /**
     * The rules for requests.
     *
     * @param identifiedLater whether clients may become known only after their requests were admitted
     */
    public Rule[] forRequests(boolean identifiedLater) {
        List<Rule> rules = new ArrayList<>(List.of(access, bans, drain, clientRate, clientRequests.whileLimited(true)));
        if (identifiedLater) {
            rules.add(concurrency.ofIdentified());
        }
        rules.addAll(List.of(shedding, concurrency, clientRequests.whileLimited(false)));
        return rules.toArray(new Rule[0]);
    }

    public void access(AddressRanges allow, AddressRanges deny) {
        access.lists(allow, deny);
        spared.allow(allow);
    }

    /** Who forwards for others, and is therefore never punished for what they do. */
    public void trustedProxies(AddressRanges ranges) {
        spared.trustedProxies(ranges);
    }

    public BanRule bans() {
        return bans;
    }

    public Penalties penalties() {
        return penalties;
    }

    public void draining(boolean is) {
        drain.draining(is);
    }

    /**
     * Sets the token bucket of each client.
     *
     * @param rate tokens a second; null for no limit
     * @param burst tokens a full bucket holds; null for those of one second, at least 1
     */
    public void clientRate(@Nullable Double rate, @Nullable Double burst) {
        clientRate.parameters(bucket(rate, burst));
    }

    /** Sets the token buckets of new connections; see {@link #clientRate}. */
    public void acceptRate(@Nullable Double rate, @Nullable Double burst) {
        acceptRate.parameters(bucket(rate, burst));
    }

    /** Sets the token bucket of each client's new connections; see {@link #clientRate}. */
    public void clientAcceptRate(@Nullable Double rate, @Nullable Double burst) {
        clientAcceptRate.parameters(bucket(rate, burst));
    }

    /** Limits the requests in progress of each client; null for no limit. */
    public void maxRequestsOfClient(@Nullable Integer max) {
        clientRequests.limit(max == null ? ClientCountRule.UNLIMITED : max);
    }

    /** Limits the open connections of each client; null for no limit. */
    public void maxConnectionsOfClient(@Nullable Integer max) {
        clientConnections.limit(max == null ? ClientCountRule.UNLIMITED : max);
    }

    /** The most requests that one client has had in progress since this was last asked. */
    public int takeMostRequestsOfClient() {
        return clientRequests.takeMost();
    }

    /** The most connections that one client has had open since this was last asked. */
    public int takeMostConnectionsOfClient() {
        return clientConnections.takeMost();
    }

    public void maxConnections(int max) {
        connections.limit(max);
    }

    public int maxConnections() {
        return connections.limit();
    }

    /** Limits the TLS handshakes in progress; null for no limit. */
    public void maxHandshakes(@Nullable Integer max) {
        handshakes.limit(max == null ? ClientCountRule.UNLIMITED : max);
    }

    public void fairShare(boolean enabled) {
        fairShare.enabled(enabled);
    }

    /** Goes on with another algorithm, which begins to learn anew. */
    public void limit(Limit limit) {
        concurrency.limit(limit);
    }

    /** Changes what the present algorithm stays within and aims for. */
    public void limit(LimitParameters parameters) {
        concurrency.reconfigure(parameters);
    }

    /** How many requests may be in flight at present. */
    public Allowance requestLimit() {
        return concurrency.allowance();
    }

    /** Whether there is next to nothing in flight for what the service can work on at once. */
    public boolean isStarved() {
        return shedding.isStarved();
    }

    /**
     * Moves the shedding level on.
     *
     * @param overload how far queues are over their start, 0 to 1: the level rises for as long as they are
     * @param atLeast how much of all that can be shed is shed in any case, 0 to 1
     */
    public void shed(double overload, double atLeast) {
        shedding.level(Math.max(level.next(overload), (int) Math.ceil(atLeast * SheddingRule.MAX_LEVEL)));
    }

    /** Whether all is shed that can be. */
    public boolean shedsAll() {
        return shedding.level() == SheddingRule.MAX_LEVEL;
    }

    /** Which priorities are shed, in part at least: the most important one; null when none is. */
    public @Nullable Priority shedPriority() {
        return shedding.mostImportantShed();
    }

    /** Closes new connections, or not, as the stance says. */
    public void stance(ConnectionStance changed) {
        stance.stance(changed);
    }

    /** Sheds nothing, whatever the pressure was. */
    public void shedNothing() {
        level.reset();
        shedding.level(0);
    }

    public int sheddingLevel() {
        return shedding.level();
    }

    private static @Nullable TokenBucket bucket(@Nullable Double rate, @Nullable Double burst) {
        return rate == null ? null : TokenBucket.of(rate, burst == null ? rate : burst);
    }
}
