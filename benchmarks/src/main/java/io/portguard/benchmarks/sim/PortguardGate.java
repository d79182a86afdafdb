package io.portguard.benchmarks.sim;

import io.portguard.Attempt;
import io.portguard.ClientKey;
import io.portguard.IpAddress;
import io.portguard.NanoClock;
import io.portguard.Outcome;
import io.portguard.Permit;
import io.portguard.standard.StandardGuard;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The standard guard as a service has it, with an attempt kept for each client as on a kept connection. */
final class PortguardGate implements Gate {

    private final Scenario scenario;
    private final StandardGuard port;
    private final Attempt[][] attempts;

    PortguardGate(Scenario scenario, NanoClock clock, Map<String, String> settings) {
        this.scenario = scenario;
        // Pressure is that of the machine the simulation runs on, which must not matter.
        port = StandardGuard.builder("simulated")
                .configure(Map.of("shedding.enabled", "false"))
                .configure(scenario.settings())
                .configure(settings)
                .clock(clock)
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

    /** How many the service is thought to work on at once. */
    int capacity() {
        return port.status().requestCapacity();
    }

    @Override
    public void tick() {
        port.guard().tick();
    }
}
