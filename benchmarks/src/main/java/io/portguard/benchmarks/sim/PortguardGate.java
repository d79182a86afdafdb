package io.portguard.benchmarks.sim;

import io.portguard.Attempt;
import io.portguard.ClientKey;
import io.portguard.IpAddress;
import io.portguard.Outcome;
import io.portguard.Permit;
import io.portguard.standard.StandardGuard;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The standard guard as a service has it, with an attempt kept for each client as on a kept connection. */
final class PortguardGate implements Gate {

    private final Scenario scenario;
    private final StandardGuard port;
    private final Attempt[][] attempts;

    PortguardGate(Scenario scenario, EventLoop loop, String algorithm) {
        this.scenario = scenario;
        Map<String, String> settings = new HashMap<>(scenario.settings());
        settings.put("requests.concurrency.algorithm", algorithm);
        port = StandardGuard.builder("simulated")
                .configure(settings)
                .clock(loop)
                .tickInterval(Duration.ZERO)
                .build();
        attempts = new Attempt[scenario.mixes().size()][];
        for (int mix = 0; mix < attempts.length; mix++) {
            attempts[mix] = new Attempt[scenario.mixes().get(mix).clients()];
        }
    }

    @Override
    public @Nullable Consumer<Outcome> tryAdmit(int mix, int client) {
        Attempt attempt = attempts[mix][client];
        if (attempt == null) {
            IpAddress address = IpAddress.ofIpv4((10 << 24) + (mix << 20) + client);
            attempt = Attempt.request(
                    port.guard().client(ClientKey.of(address)),
                    address,
                    scenario.mixes().get(mix).priority());
            attempts[mix][client] = attempt;
        }
        return port.guard().tryAdmit(attempt) instanceof Permit permit ? permit::release : null;
    }

    @Override
    public int limit() {
        return port.status().requestLimit();
    }

    @Override
    public void tick() {
        port.guard().tick();
    }
}
