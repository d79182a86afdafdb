package io.portguard.rule;

import io.portguard.Attempt;
import io.portguard.ClientKey;
import io.portguard.NanoClock;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * What rules in shadow mode would have refused, and which of those clients were good: a request of theirs was answered
 * 2xx within ten minutes before. These are the false alarms that enforcing the rule would raise. Thread-safe; of each
 * rule at most {@value #MAX_CLIENTS} clients are remembered, and while no rule is in shadow mode nothing is.
 */
public final class ShadowReport {

    /** Good clients remembered of a rule; further ones are only counted with all it would have refused. */
    public static final int MAX_CLIENTS = 256;

    private static final long LATELY_NANOS = TimeUnit.MINUTES.toNanos(10);
    private static final int FIRST_OK = 200;
    private static final int LAST_OK = 299;

    private final ClientTable clients;
    private final NanoClock clock;
    private final Map<String, Found> byRule = new ConcurrentHashMap<>();
    private volatile boolean watches;

    public ShadowReport(ClientTable clients, NanoClock clock) {
        this.clients = clients;
        this.clock = clock;
    }

    /** What was found of one rule. */
    private static final class Found {

        private final LongAdder attempts = new LongAdder();
        private final LongAdder goodAttempts = new LongAdder();
        private final Map<ClientKey, LongAdder> good = new ConcurrentHashMap<>();

        private void count(ClientKey client) {
            LongAdder known = good.get(client);
            if (known == null && good.size() < MAX_CLIENTS) {
                known = good.computeIfAbsent(client, key -> new LongAdder());
            }
            if (known != null) {
                known.increment();
            }
        }
    }

    /**
     * Reports on these rules from now on, and forgets what was found of others.
     *
     * @param all whether the guard as a whole is in shadow mode
     */
    public void watch(Set<String> rules, boolean all) {
        watches = all || !rules.isEmpty();
        if (!all) {
            byRule.keySet().retainAll(rules);
        }
    }

    /** A request was answered with this status. */
    public void answered(Attempt attempt, int status) {
        if (watches && status >= FIRST_OK && status <= LAST_OK) {
            clients.stateOf(attempt).good(clock.nanoTime());
        }
    }

    /** A rule in shadow mode would have refused an attempt. */
    public void shadowed(Attempt attempt, String rule) {
        if (!watches) {
            return; // The mode was changed in between.
        }
        Found known = byRule.get(rule);
        Found found = known == null ? byRule.computeIfAbsent(rule, name -> new Found()) : known;
        found.attempts.increment();
        ClientState client = clients.stateOf(attempt);
        if (client.wasGood(LATELY_NANOS, clock.nanoTime())) {
            found.goodAttempts.increment();
            found.count(client.key());
        }
    }

    /** What was found, a part for each rule that would have refused something. */
    public List<OfRule> rules() {
        return byRule.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(rule -> OfRule.of(rule.getKey(), rule.getValue()))
                .toList();
    }

    /**
     * What a rule would have refused since it has been in shadow mode.
     *
     * @param rule its name
     * @param attempts connections and requests
     * @param goodAttempts those of clients that were good
     * @param goodClients clients that were good, those with the most such attempts first
     */
    public record OfRule(String rule, long attempts, long goodAttempts, List<GoodClient> goodClients) {

        private static OfRule of(String rule, Found found) {
            List<GoodClient> clients = found.good.entrySet().stream()
                    .map(client -> new GoodClient(
                            client.getKey().toString(), client.getValue().sum()))
                    .sorted(Comparator.comparingLong(GoodClient::attempts)
                            .reversed()
                            .thenComparing(GoodClient::client))
                    .toList();
            return new OfRule(rule, found.attempts.sum(), found.goodAttempts.sum(), clients);
        }
    }

    /** A good client, and how many of its attempts would have been refused. */
    public record GoodClient(String client, long attempts) {}
}
