package io.portguard.benchmarks.overload;

import io.portguard.benchmarks.load.ClientGroup;
import io.portguard.benchmarks.load.LoadPlan;
import io.portguard.benchmarks.load.Phase;
import io.portguard.benchmarks.load.Target;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What is sent to a service: half its capacity by polite clients, then the flood, then half its capacity again
 * until it has recovered.
 *
 * @param name its name in tables and reports
 * @param title what it is, in a sentence
 * @param phases the load
 * @param offeredPerSecond what is offered during the flood, by all clients
 */
public record Scenario(String name, String title, List<Phase> phases, double offeredPerSecond) {

    public static final String POLITE = "polite";
    public static final String ABUSER = "abuser";
    public static final String NORMAL_TAG = "normal";
    public static final String CRITICAL_TAG = "critical";
    public static final String PATH = "/job";
    public static final String CRITICAL_PATH = "/job/critical";

    public static final String OVERLOAD = "overload";
    public static final String FLOOD_MIX = "flood";

    public static final String SETTLE = "settle";
    public static final String BEFORE = "before";
    public static final String FLOOD = "flood";
    public static final String AFTER = "after";

    /** Where warm-up and capacity measurement come from, so that they count against none of the others. */
    public static final ClientGroup WARM_UP_CLIENTS =
            new ClientGroup("warm-up", "127.3.0.1", 32, 8, List.of(new Target(NORMAL_TAG, PATH, 1)));

    private static final double NORMAL_LOAD = 0.5;
    // Whatever the service can do, two cores have to make this load beside it.
    private static final double MAX_OFFERED = 24_000;

    private static final List<ClientGroup> CLIENTS = List.of(
            new ClientGroup(
                    POLITE,
                    "127.1.0.1",
                    100,
                    12,
                    List.of(new Target(NORMAL_TAG, PATH, 0.8), new Target(CRITICAL_TAG, CRITICAL_PATH, 0.2))),
            new ClientGroup(ABUSER, "127.2.0.1", 1, 800, List.of(new Target("abuse", PATH, 1))));

    public Scenario {
        phases = List.copyOf(phases);
    }

    /**
     * How long the phases last, in seconds.
     *
     * @param after at most
     */
    public record Lengths(int settle, int before, int flood, int after) {}

    /** So many times the capacity, half of it from one client. */
    public static Scenario overload(double factor, double capacity, Lengths lengths) {
        double offered = Math.min(MAX_OFFERED, factor * capacity);
        return of(
                OVERLOAD,
                BigDecimal.valueOf(factor).stripTrailingZeros().toPlainString()
                        + " times capacity, half of it from one abusive client",
                capacity,
                offered / 2,
                offered / 2,
                lengths);
    }

    /** Half the capacity from polite clients, four and a half times from one client. */
    public static Scenario flood(double capacity, Lengths lengths) {
        double offered = Math.min(MAX_OFFERED, 5 * capacity);
        return of(
                FLOOD_MIX,
                "5 times capacity, 90 % of it from one abusive client",
                capacity,
                offered * 0.1,
                offered * 0.9,
                lengths);
    }

    private static Scenario of(
            String name, String title, double capacity, double polite, double abuser, Lengths lengths) {
        Map<String, Double> normal = Map.of(POLITE, NORMAL_LOAD * capacity);
        return new Scenario(
                name,
                title,
                List.of(
                        new Phase(SETTLE, Duration.ofSeconds(lengths.settle()), normal),
                        new Phase(BEFORE, Duration.ofSeconds(lengths.before()), normal),
                        new Phase(FLOOD, Duration.ofSeconds(lengths.flood()), Map.of(POLITE, polite, ABUSER, abuser)),
                        new Phase(AFTER, Duration.ofSeconds(lengths.after()), normal)),
                polite + abuser);
    }

    public LoadPlan plan(int port) {
        return new LoadPlan(port, CLIENTS, phases);
    }

    /** The flood by itself. */
    LoadPlan floodOf(int port) {
        return new LoadPlan(
                port,
                CLIENTS,
                phases.stream().filter(phase -> phase.name().equals(FLOOD)).toList());
    }
}
