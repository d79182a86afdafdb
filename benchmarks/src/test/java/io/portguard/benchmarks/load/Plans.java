package io.portguard.benchmarks.load;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Plans for tests. */
final class Plans {

    static final ClientGroup POLITE = group("polite", "127.1.0.1", 2);
    static final ClientGroup ABUSER = group("abuser", "127.2.0.1", 1);

    private Plans() {}

    static ClientGroup group(String name, String address, int clients) {
        return new ClientGroup(name, address, clients, 4, List.of(new Target("normal", "/job", 1)));
    }

    static ClientGroup oneConnection(String name) {
        return new ClientGroup(name, "127.1.0.1", 1, 1, List.of(new Target("normal", "/job", 1)));
    }

    static Phase phase(String name, int seconds, Map<String, Double> rates) {
        return new Phase(name, Duration.ofSeconds(seconds), rates);
    }

    static LoadPlan of(List<ClientGroup> groups, Phase... phases) {
        return new LoadPlan(1, groups, List.of(phases));
    }
}
