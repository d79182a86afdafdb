package io.portguard.standard;

import io.portguard.Mode;
import io.portguard.connection.Bandwidth;
import io.portguard.connection.ClientBudget;
import io.portguard.connection.ConnectionTimeouts;
import io.portguard.http.RateLimitFields;
import io.portguard.limit.Algorithm;
import io.portguard.limit.Limit;
import io.portguard.limit.LimitParameters;
import io.portguard.limit.Limits;
import io.portguard.rule.PenaltyPolicy;
import io.portguard.rule.StandardRules;
import io.portguard.settings.SettingValues;
import org.jspecify.annotations.Nullable;

/** What the settings say to the rules. To be used by one thread at a time. */
final class RuleSettings {

    private final StandardRules rules;
    private Algorithm algorithm;

    RuleSettings(StandardRules rules, SettingValues values) {
        this.rules = rules;
        this.algorithm = values.get(StandardSettings.CONCURRENCY_ALGORITHM);
    }

    /** The limit that a guard with these settings begins with. */
    static Limit limit(SettingValues values) {
        return Limits.of(values.get(StandardSettings.CONCURRENCY_ALGORITHM), limitParameters(values));
    }

    void apply(SettingValues values) {
        rules.maxConnections(values.get(StandardSettings.CONNECTIONS_MAX));
        rules.maxConnectionsOfClient(values.find(StandardSettings.CONNECTIONS_MAX_PER_CLIENT));
        rules.acceptRate(
                values.find(StandardSettings.CONNECTIONS_ACCEPT_RATE),
                values.find(StandardSettings.CONNECTIONS_ACCEPT_BURST));
        rules.clientAcceptRate(
                values.find(StandardSettings.CONNECTIONS_ACCEPT_RATE_PER_CLIENT),
                values.find(StandardSettings.CONNECTIONS_ACCEPT_BURST_PER_CLIENT));
        rules.clientRate(values.find(StandardSettings.CLIENTS_RATE), values.find(StandardSettings.CLIENTS_BURST));
        rules.maxRequestsOfClient(values.find(StandardSettings.CLIENTS_MAX_CONCURRENT));
        rules.fairShare(values.get(StandardSettings.CLIENTS_FAIR_SHARE));
        rules.maxHandshakes(values.find(StandardSettings.CONNECTIONS_MAX_TLS_HANDSHAKES));
        rules.penalties().policy(penaltyPolicy(values));
        applyLimit(values);
    }

    private void applyLimit(SettingValues values) {
        Algorithm chosen = values.get(StandardSettings.CONCURRENCY_ALGORITHM);
        if (chosen == algorithm) {
            rules.limit(limitParameters(values));
        } else {
            algorithm = chosen;
            rules.limit(limit(values));
        }
    }

    private static LimitParameters limitParameters(SettingValues values) {
        return new LimitParameters(
                values.get(StandardSettings.CONCURRENCY_INITIAL),
                values.get(StandardSettings.CONCURRENCY_MIN),
                values.get(StandardSettings.CONCURRENCY_MAX),
                values.get(StandardSettings.SHEDDING_TARGET_DELAY));
    }

    private static PenaltyPolicy penaltyPolicy(SettingValues values) {
        return new PenaltyPolicy(
                values.find(StandardSettings.PENALTIES_SLOW_AT),
                values.find(StandardSettings.PENALTIES_BAN_AT),
                values.get(StandardSettings.PENALTIES_FORGIVEN),
                values.get(StandardSettings.PENALTIES_SLOW_RATE),
                values.get(StandardSettings.PENALTIES_BAN_TIME),
                values.get(StandardSettings.PENALTIES_WEIGHTS));
    }

    static ConnectionTimeouts timeouts(SettingValues values) {
        return new ConnectionTimeouts(
                values.get(StandardSettings.CONNECTIONS_TLS_HANDSHAKE_TIMEOUT).toNanos(),
                values.get(StandardSettings.CONNECTIONS_REQUEST_TIMEOUT).toNanos(),
                values.get(StandardSettings.CONNECTIONS_IDLE_TIMEOUT).toNanos(),
                values.get(StandardSettings.CONNECTIONS_MIN_DATA_RATE));
    }

    /** Nobody is held up unless the guard enforces. */
    static void apply(SettingValues values, Bandwidth bandwidth) {
        boolean enforces = values.get(StandardSettings.MODE) == Mode.ENFORCE;
        Integer reads = enforces ? values.find(StandardSettings.CLIENTS_READ_RATE) : null;
        Integer writes = enforces ? values.find(StandardSettings.CLIENTS_WRITE_RATE) : null;
        bandwidth.configure(reads == null ? ClientBudget.NONE : reads, writes == null ? ClientBudget.NONE : writes);
    }

    /** What refusals say of the clients' rate; null while there is none. */
    static @Nullable RateLimitFields rateLimitFields(SettingValues values) {
        Double rate = values.find(StandardSettings.CLIENTS_RATE);
        Double burst = values.find(StandardSettings.CLIENTS_BURST);
        return rate == null ? null : new RateLimitFields(rate, burst == null ? rate : burst);
    }
}
