package io.portguard.jmx;

import io.portguard.rule.ShadowReport;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.management.ConstructorParameters;

/** What JMX shows of a rule in shadow mode. Immutable. */
public final class ShadowedRule {

    private final String rule;
    private final long attempts;
    private final long goodAttempts;
    private final Map<String, Long> goodClients;

    /** One that a proxy of the MXBean was sent. */
    @ConstructorParameters({"rule", "attempts", "goodAttempts", "goodClients"})
    public ShadowedRule(String rule, long attempts, long goodAttempts, Map<String, Long> goodClients) {
        this.rule = rule;
        this.attempts = attempts;
        this.goodAttempts = goodAttempts;
        this.goodClients = new LinkedHashMap<>(goodClients);
    }

    ShadowedRule(ShadowReport.OfRule report) {
        this(report.rule(), report.attempts(), report.goodAttempts(), attemptsByClient(report));
    }

    private static Map<String, Long> attemptsByClient(ShadowReport.OfRule report) {
        Map<String, Long> attempts = new LinkedHashMap<>();
        report.goodClients().forEach(client -> attempts.put(client.client(), client.attempts()));
        return attempts;
    }

    public String getRule() {
        return rule;
    }

    /** Connections and requests that it would have refused since it has been in shadow mode. */
    public long getAttempts() {
        return attempts;
    }

    /** Those of clients that had been answered 2xx within ten minutes before. */
    public long getGoodAttempts() {
        return goodAttempts;
    }

    /** These clients, at most 256, and how many attempts of each would have been refused. */
    public Map<String, Long> getGoodClients() {
        return new LinkedHashMap<>(goodClients);
    }
}
