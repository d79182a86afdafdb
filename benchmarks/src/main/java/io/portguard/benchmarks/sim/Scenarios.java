package io.portguard.benchmarks.sim;

import io.portguard.Priority;
import java.util.ArrayList;
import java.util.List;

/** The scenarios that limits are judged by. */
final class Scenarios {

    private Scenarios() {}

    static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>();
        all.addAll(withRoomForAll());
        all.addAll(overloads());
        all.addAll(changes());
        all.addAll(sizes());
        all.addAll(clients());
        all.addAll(closedLoops());
        all.addAll(coldStarts());
        return all;
    }

    /** Less than the service can do: nobody has to be refused. */
    private static List<Scenario> withRoomForAll() {
        return List.of(
                roomForAll("half load").load(0.5).build(),
                roomForAll("79 % load").load(0.79).build(),
                roomForAll("79 % load, exponential")
                        .workTime(Distribution.exponential(10))
                        .load(0.79)
                        .build(),
                roomForAll("75 % load, heavy tail")
                        .workTime(Distribution.pareto(10, 2.2))
                        .load(0.75)
                        .build(),
                roomForAll("75 % load, tiny")
                        .workers(1)
                        .workTime(Distribution.logNormal(1, 0.3))
                        .load(0.75)
                        .build(),
                roomForAll("70 % load, latency up")
                        .workers(64)
                        .workTime(Distribution.logNormal(5, 0.3))
                        .asyncMillis(Curve.ramp(10, 12, 20, 60))
                        .load(0.7)
                        .build(),
                roomForAll("half load, noisy neighbour")
                        .slowdown(Curve.bursts(1, 1.5, 8, 3))
                        .load(0.5)
                        .build(),
                roomForAll("waves up to 78 %").load(Curve.wave(0.1, 0.78, 10)).build(),
                roomForAll("70 % load, late ticks, coarse clock")
                        .tickMillis(Curve.jitter(50, 200))
                        .clockGrainMillis(10)
                        .load(0.7)
                        .build());
    }

    private static Scenario.Builder roomForAll(String name) {
        return Scenario.named(name).promising(Promise.ONE_IN_TEN_THOUSAND);
    }

    private static List<Scenario> overloads() {
        return List.of(
                Scenario.named("marginal 1.02x").lasting(65, 5).load(1.02).build(),
                Scenario.named("marginal 1.05x, then half")
                        .lasting(80, 5)
                        .load(Curve.step(1.05, 65, 0.5))
                        .build(),
                Scenario.named("half load, then 1.03x, all alike")
                        .lasting(30, 10)
                        .workTime(Distribution.constant(10))
                        .load(Curve.step(0.5, 10, 1.03))
                        .build(),
                Scenario.named("overload 2x").load(2).build(),
                Scenario.named("overload 10x").load(10).build(),
                Scenario.named("2x after a pause")
                        .load(second -> second < 10 ? 0.5 : second < 20 ? 0 : 2)
                        .build(),
                Scenario.named("overload 2x, exponential")
                        .workTime(Distribution.exponential(10))
                        .load(2)
                        .build(),
                Scenario.named("two kinds of request")
                        .workTime(Distribution.bimodal(2, 50, 0.1))
                        .load(2)
                        .build(),
                Scenario.named("heavy tail")
                        .workTime(Distribution.pareto(10, 2.2))
                        .load(2)
                        .build(),
                Scenario.named("thrashing").thrashing(0.5).load(2).build(),
                Scenario.named("an hour of overload")
                        .lasting(3_600, 5)
                        .workers(2)
                        .workTime(Distribution.logNormal(20, 0.3))
                        .load(2)
                        .build(),
                Scenario.named("cold start in overload").lasting(10, 0).load(4).build(),
                Scenario.named("late ticks, coarse clock")
                        .tickMillis(Curve.jitter(50, 200))
                        .clockGrainMillis(10)
                        .load(2)
                        .build(),
                Scenario.named("pauses").pauses(10.0, 17.0, 24.0).load(1.2).build());
    }

    private static List<Scenario> changes() {
        return List.of(
                Scenario.named("capacity halved")
                        .workers(Curve.step(16, 12, 8))
                        .load(1.5)
                        .build(),
                Scenario.named("capacity doubled")
                        .workers(Curve.step(16, 12, 32))
                        .load(2.5)
                        .build(),
                Scenario.named("latency up")
                        .workers(64)
                        .workTime(Distribution.logNormal(5, 0.3))
                        .asyncMillis(Curve.step(10, 12, 60))
                        .load(0.7)
                        .build(),
                Scenario.named("latency up, overload")
                        .workers(64)
                        .workTime(Distribution.logNormal(5, 0.3))
                        .asyncMillis(Curve.step(10, 12, 60))
                        .load(2)
                        .build(),
                Scenario.named("noisy neighbour")
                        .slowdown(Curve.bursts(1, 3, 8, 3))
                        .load(2)
                        .build(),
                Scenario.named("bursts").load(Curve.bursts(0.4, 3, 2, 0.4)).build(),
                Scenario.named("waves").load(Curve.wave(0.3, 2, 10)).build(),
                Scenario.named("retry storm")
                        .clients(ClientMix.of("all", 100, Curve.bursts(0.6, 4, 8, 2))
                                .withRetries(3))
                        .build(),
                Scenario.named("half to double")
                        .lasting(20, 5)
                        .load(Curve.step(0.5, 10, 2))
                        .stepAt(10)
                        .promising(Promise.CONVERGES)
                        .build());
    }

    private static List<Scenario> sizes() {
        return List.of(
                Scenario.named("I/O-bound")
                        .lasting(20, 5)
                        .workers(200)
                        .workTime(Distribution.logNormal(50, 0.5))
                        .load(2)
                        .build(),
                Scenario.named("tiny")
                        .lasting(20, 5)
                        .workers(1)
                        .workTime(Distribution.logNormal(1, 0.3))
                        .load(2)
                        .build(),
                Scenario.named("large")
                        .lasting(12, 6)
                        .workers(2_000)
                        .workTime(Distribution.logNormal(100, 0.3))
                        .load(1.5)
                        .build(),
                Scenario.named("slow")
                        .lasting(90, 15)
                        .workers(8)
                        .workTime(Distribution.logNormal(400, 0.5))
                        .load(1.5)
                        .build());
    }

    private static List<Scenario> clients() {
        return List.of(
                Scenario.named("all clients over their rate")
                        .clients(ClientMix.of("all", 10, Curve.constant(1.5)))
                        .clientRate(80, 20)
                        .promising(Promise.RATE_KEPT)
                        .build(),
                Scenario.named("half load, one heavy")
                        .clients(
                                ClientMix.of("polite", 100, Curve.constant(0.05)),
                                ClientMix.of("heavy", 1, Curve.constant(0.45)))
                        .promising(Promise.NOTHING_REFUSED)
                        .build(),
                Scenario.named("polite clients at twice the capacity")
                        .load(2)
                        .promising(Promise.EQUAL_SHARES)
                        .build(),
                flood("flood", 50, 1),
                flood("flood, 10 abusers", 50, 10),
                flood("flood, 100 abusers", 1_000, 100),
                Scenario.named("background spike 12x")
                        .clients(
                                ClientMix.of("critical", 50, Curve.constant(0.3))
                                        .with(Priority.CRITICAL),
                                ClientMix.of("background", 50, Curve.step(0.3, 8, 12))
                                        .with(Priority.BACKGROUND))
                        .promising(Promise.CRITICAL_SERVED)
                        .build());
    }

    /** Each client has one request at a time and waits for its answer, so that the load follows the latency. */
    private static List<Scenario> closedLoops() {
        return List.of(
                roomForAll("closed loop at half load")
                        .clients(ClientMix.closed("all", 20, 15))
                        .build(),
                Scenario.named("closed loop without thinking")
                        .clients(ClientMix.closed("all", 64, 0))
                        .build(),
                Scenario.named("closed loop of 1,000 clients")
                        .clients(ClientMix.closed("all", 1_000, 250))
                        .build(),
                Scenario.named("closed loop, I/O-bound")
                        .workers(200)
                        .workTime(Distribution.logNormal(50, 0.5))
                        .clients(ClientMix.closed("all", 1_000, 100))
                        .build());
    }

    /** A process that still compiles: for three seconds half of the workers, and all work takes five times as long. */
    private static List<Scenario> coldStarts() {
        return List.of(
                starved("starved cold start, then 70 % load").load(1.4).build(),
                starved("starved cold start, then 2x").load(4).build());
    }

    private static Scenario.Builder starved(String name) {
        return Scenario.named(name).lasting(20, 0).workers(Curve.step(8, 3, 16)).slowdown(Curve.step(5, 3, 1));
    }

    /** Polite clients want half of the service, and the abusers 4.5 times all of it. */
    private static Scenario flood(String name, int polite, int abusers) {
        return Scenario.named(name)
                .clients(
                        ClientMix.of("polite", polite, Curve.constant(0.5)),
                        ClientMix.of("abuser", abusers, Curve.constant(4.5)))
                .promising(Promise.POLITE_SERVED, Promise.FLOOD_GOODPUT)
                .build();
    }
}
