package io.portguard.storm;

import io.portguard.benchmarks.load.LoadResult;
import io.portguard.benchmarks.load.Outcome;
import io.portguard.benchmarks.load.PhaseResult;
import io.portguard.benchmarks.load.Refusal;
import io.portguard.benchmarks.load.Slot;
import io.portguard.benchmarks.load.Tally;
import io.portguard.benchmarks.overload.Recovery;
import io.portguard.benchmarks.overload.Scenario;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Made-up results for tests. */
final class Results {

    static final double CAPACITY = 1_000;
    static final Scenario.Lengths LENGTHS = new Scenario.Lengths(2, 3, 12, 15);

    private Results() {}

    /** A tally of requests answered after so many milliseconds, with others that were given up. */
    static Tally tally(int answered, long latencyMillis, int givenUp) {
        Tally tally = new Tally();
        for (int i = 0; i < answered; i++) {
            tally.offer();
            tally.finish(latencyMillis <= 200 ? Outcome.IN_TIME : Outcome.LATE, latencyMillis * 1_000_000);
        }
        for (int i = 0; i < givenUp; i++) {
            tally.offer();
            tally.finish(Outcome.TIMED_OUT, 1_000_000_000);
        }
        return tally;
    }

    static Tally refused(Tally tally, int count, Refusal refusal, long latencyMillis) {
        for (int i = 0; i < count; i++) {
            tally.offer();
            tally.finish(refusal, latencyMillis * 1_000_000);
        }
        return tally;
    }

    static Slot slot(double start, String phase, Tally tally) {
        return new Slot(start, 0.25, phase, tally, Map.of(Scenario.POLITE, tally.successRatio()), 12, 3, 1.5);
    }

    /** A flood of two seconds in which the guarded service serves and refuses and the other does nothing. */
    static Observation observation(Subject subject) {
        return observation(subject, 1.25);
    }

    static Observation observation(Subject subject, double generatorLateMillis) {
        boolean guarded = subject == Subject.GUARDED;
        Tally normal = guarded ? tally(900, 10, 100) : tally(0, 0, 1_000);
        Tally critical = guarded ? tally(250, 20, 0) : tally(0, 0, 250);
        Tally abuse =
                guarded ? refused(tally(450, 30, 0), 550, new Refusal(429, "fair-share"), 3) : tally(50, 700, 950);
        PhaseResult flood = new PhaseResult(
                Scenario.FLOOD,
                Duration.ofSeconds(2),
                List.of(
                        new PhaseResult.Stream(Scenario.POLITE, Scenario.NORMAL_TAG, normal),
                        new PhaseResult.Stream(Scenario.POLITE, Scenario.CRITICAL_TAG, critical),
                        new PhaseResult.Stream(Scenario.ABUSER, "abuse", abuse)),
                77,
                generatorLateMillis,
                9,
                31.5);
        List<Slot> slots = new ArrayList<>();
        slots.add(slot(0, Scenario.BEFORE, tally(100, 10, 0)));
        slots.add(slot(0.25, Scenario.FLOOD, abuse));
        slots.add(slot(0.5, Scenario.AFTER, tally(100, 10, 0)));
        return new Observation(
                new LoadResult(List.of(flood), slots),
                guarded ? new Recovery(0.25, true) : new Recovery(15, false),
                guarded ? 61.5 : 99,
                guarded ? List.of(new GuardSample(0.5, 20, 24, 0.7, Double.NaN)) : List.of(),
                guarded ? new HealthCount(40, 40, 0, 0) : new HealthCount(40, 30, 0, 10));
    }

    static Comparison comparison(Scenario scenario) {
        return new Comparison(
                scenario,
                CAPACITY,
                Map.of(
                        Subject.UNGUARDED, observation(Subject.UNGUARDED),
                        Subject.GUARDED, observation(Subject.GUARDED)));
    }
}
