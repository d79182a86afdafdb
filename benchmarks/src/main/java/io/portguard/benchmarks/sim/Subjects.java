package io.portguard.benchmarks.sim;

import io.portguard.NanoClock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is compared, by name. */
final class Subjects {

    static final String PORTGUARD = "portguard";
    private static final String NETFLIX = "netflix-concurrency-limits-0.5.4 ";
    private static final double TARGET_DELAY_MILLIS = 20;
    private static final double[] CONSTANTS = {0.7, 0.85, 1, 1.15, 1.3, 1.5, 1.75, 2, 2.5, 3, 4};

    private Subjects() {}

    static Map<String, Simulation.Subject> all() {
        Map<String, Simulation.Subject> subjects = new LinkedHashMap<>();
        subjects.put(PORTGUARD, portguard("adaptive"));
        subjects.put(PORTGUARD + " fixed, set by hand", Subjects::setByHand);
        for (String algorithm : List.of("aimd", "vegas", "gradient")) {
            subjects.put(PORTGUARD + " " + algorithm, portguard(algorithm));
        }
        subjects.put(NETFLIX + "vegas", (scenario, clock) -> new NetflixGate(scenario, clock, NetflixGate.vegas()));
        subjects.put(
                NETFLIX + "vegas, windowed",
                (scenario, clock) -> new NetflixGate(scenario, clock, NetflixGate.vegasWindowed()));
        subjects.put(
                NETFLIX + "gradient2", (scenario, clock) -> new NetflixGate(scenario, clock, NetflixGate.gradient2()));
        subjects.put(
                NETFLIX + "gradient2, windowed",
                (scenario, clock) -> new NetflixGate(scenario, clock, NetflixGate.gradient2Windowed()));
        subjects.put(
                "no limit",
                (scenario, clock) -> new NetflixGate(scenario, clock, NetflixGate.fixed(Integer.MAX_VALUE)));
        return subjects;
    }

    static Simulation.Subject portguard(String algorithm) {
        return (scenario, clock) ->
                new PortguardGate(scenario, clock, Map.of("requests.concurrency.algorithm", algorithm));
    }

    /** The fixed limit of somebody who measured the service once, at the start, and knew Little's law. */
    private static Gate setByHand(Scenario scenario, NanoClock clock) {
        double inFlightMillis =
                scenario.workTime().mean() / 1e6 + scenario.asyncMillis().at(0) + TARGET_DELAY_MILLIS;
        return fixed(scenario, clock, scenario.nominalRate() * inFlightMillis / 1e3);
    }

    /** Constant limits, by how many requests the service works on at once at the start. */
    static Map<String, Simulation.Subject> constants(Scenario scenario) {
        double worked = scenario.nominalRate()
                * (scenario.workTime().mean() / 1e9 + scenario.asyncMillis().at(0) / 1e3);
        Map<String, Simulation.Subject> subjects = new LinkedHashMap<>();
        for (double part : CONSTANTS) {
            subjects.put("constant " + part, (same, clock) -> fixed(same, clock, worked * part));
        }
        return subjects;
    }

    private static Gate fixed(Scenario scenario, NanoClock clock, double inFlight) {
        long limit = Math.max(1, Math.round(Math.ceil(inFlight)));
        return new PortguardGate(
                scenario,
                clock,
                Map.of("requests.concurrency.algorithm", "fixed", "requests.concurrency.max", Long.toString(limit)));
    }
}
