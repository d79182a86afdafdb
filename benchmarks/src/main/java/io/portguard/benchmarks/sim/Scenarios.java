package io.portguard.benchmarks.sim;

import io.portguard.Priority;
import java.util.List;
import java.util.Map;

/** The scenarios that limits are judged by. */
final class Scenarios {

    private Scenarios() {}

    static List<Scenario> all() {
        return List.of(
                Scenario.named("half load").load(Curve.constant(0.5)).build(),
                Scenario.named("79 % load").load(Curve.constant(0.79)).build(),
                Scenario.named("marginal 1.03x")
                        .lasting(60, 5)
                        .load(Curve.constant(1.03))
                        .build(),
                Scenario.named("overload 2x").load(Curve.constant(2)).build(),
                Scenario.named("overload 10x").load(Curve.constant(10)).build(),
                Scenario.named("overload 2x, exponential")
                        .workTime(Distribution.exponential(10))
                        .load(Curve.constant(2))
                        .build(),
                Scenario.named("two kinds of request")
                        .workTime(Distribution.bimodal(2, 50, 0.1))
                        .load(Curve.constant(2))
                        .build(),
                Scenario.named("heavy tail")
                        .workTime(Distribution.pareto(10, 1.8))
                        .load(Curve.constant(2))
                        .build(),
                Scenario.named("thrashing")
                        .thrashing(0.5)
                        .load(Curve.constant(2))
                        .build(),
                Scenario.named("capacity halved")
                        .workers(Curve.step(16, 12, 8))
                        .load(Curve.constant(1.5))
                        .build(),
                Scenario.named("capacity doubled")
                        .workers(Curve.step(16, 12, 32))
                        .load(Curve.constant(2.5))
                        .build(),
                Scenario.named("latency up")
                        .workers(Curve.constant(64))
                        .workTime(Distribution.logNormal(5, 0.3))
                        .asyncMillis(Curve.step(10, 12, 60))
                        .load(Curve.constant(0.7))
                        .build(),
                Scenario.named("latency up, overload")
                        .workers(Curve.constant(64))
                        .workTime(Distribution.logNormal(5, 0.3))
                        .asyncMillis(Curve.step(10, 12, 60))
                        .load(Curve.constant(2))
                        .build(),
                Scenario.named("noisy neighbour")
                        .slowdown(Curve.bursts(1, 3, 8, 3))
                        .load(Curve.constant(2))
                        .build(),
                Scenario.named("noisy neighbour at half load")
                        .slowdown(Curve.bursts(1, 1.7, 8, 3))
                        .load(Curve.constant(0.5))
                        .build(),
                Scenario.named("bursts").load(Curve.bursts(0.4, 3, 2, 0.4)).build(),
                Scenario.named("retry storm")
                        .clients(ClientMix.of("all", 100, Curve.bursts(0.6, 4, 8, 2))
                                .withRetries(3))
                        .build(),
                Scenario.named("cold start in overload")
                        .lasting(10, 0)
                        .load(Curve.constant(4))
                        .build(),
                Scenario.named("I/O-bound")
                        .lasting(20, 5)
                        .workers(Curve.constant(200))
                        .workTime(Distribution.logNormal(50, 0.5))
                        .load(Curve.constant(2))
                        .build(),
                Scenario.named("tiny")
                        .lasting(20, 5)
                        .workers(Curve.constant(1))
                        .workTime(Distribution.logNormal(1, 0.3))
                        .load(Curve.constant(2))
                        .build(),
                Scenario.named("large")
                        .lasting(12, 6)
                        .workers(Curve.constant(2_000))
                        .workTime(Distribution.logNormal(100, 0.3))
                        .load(Curve.constant(1.5))
                        .build(),
                Scenario.named("an hour of overload")
                        .lasting(3_600, 5)
                        .workers(Curve.constant(2))
                        .workTime(Distribution.logNormal(20, 0.3))
                        .load(Curve.constant(2))
                        .build(),
                Scenario.named("all clients over their rate")
                        .clients(ClientMix.of("all", 10, Curve.constant(1.5)))
                        .settings(Map.of("clients.rate", "80", "clients.burst", "20"))
                        .build(),
                Scenario.named("pauses")
                        .pauses(10.0, 17.0, 24.0)
                        .load(Curve.constant(1.2))
                        .build(),
                Scenario.named("half to double")
                        .lasting(20, 5)
                        .load(Curve.step(0.5, 10, 2))
                        .build(),
                Scenario.named("half load, one heavy")
                        .clients(
                                ClientMix.of("polite", 100, Curve.constant(0.05)),
                                ClientMix.of("heavy", 1, Curve.constant(0.45)))
                        .build(),
                Scenario.named("flood")
                        .clients(
                                ClientMix.of("polite", 50, Curve.constant(0.5)),
                                ClientMix.of("abuser", 1, Curve.constant(4.5)))
                        .build(),
                Scenario.named("flood, 10 abusers")
                        .clients(
                                ClientMix.of("polite", 50, Curve.constant(0.5)),
                                ClientMix.of("abuser", 10, Curve.constant(4.5)))
                        .build(),
                Scenario.named("flood, 100 abusers")
                        .clients(
                                ClientMix.of("polite", 1_000, Curve.constant(0.5)),
                                ClientMix.of("abuser", 100, Curve.constant(4.5)))
                        .build(),
                Scenario.named("background spike 12x")
                        .clients(
                                ClientMix.of("critical", 50, Curve.constant(0.3))
                                        .with(Priority.CRITICAL),
                                ClientMix.of("background", 50, Curve.step(0.3, 8, 12))
                                        .with(Priority.BACKGROUND))
                        .build());
    }
}
