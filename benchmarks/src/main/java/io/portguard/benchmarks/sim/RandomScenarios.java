package io.portguard.benchmarks.sim;

import io.portguard.Priority;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Scenarios whose parameters are drawn from a seed, from the same families as those with a name: what a limit was
 * not fitted to.
 */
final class RandomScenarios {

    private static final double LEAST_SECONDS = 20;
    private static final double MOST_REQUESTS_A_SECOND = 40_000;
    private static final double REQUESTS_TO_WARM_UP = 200;
    private static final double REQUESTS_TO_MEASURE = 3_000;
    private static final double MOST_REQUESTS = 250_000;

    private static final int LOOPS = 4;
    private static final int MOST_IN_LOOP = 2_000;

    private final SplittableRandom random;
    /** Of its own, so that the scenarios without a closed loop are what they were before there were any. */
    private final SplittableRandom loops;

    private final long seed;
    private final StringBuilder name = new StringBuilder();

    private RandomScenarios(long seed) {
        this.seed = seed;
        this.random = new SplittableRandom(seed * 0xd134_2543_de82_ef95L);
        this.loops = new SplittableRandom(~seed * 0xd134_2543_de82_ef95L);
    }

    static Scenario draw(long seed) {
        return new RandomScenarios(seed).draw();
    }

    private Scenario draw() {
        double workers;
        double millis;
        double load = 0;
        do {
            workers = Math.round(between(1, 2_000));
            millis = between(0.5, 500);
            load = random.nextInt(4) == 0 ? 0.3 + 0.48 * random.nextDouble() : between(1.01, 12);
        } while (workers / millis * 1_000 * load > MOST_REQUESTS_A_SECOND);
        double nominal = workers / millis * 1_000;
        double from = Math.max(5, REQUESTS_TO_WARM_UP / nominal);
        double seconds = from + Math.max(LEAST_SECONDS, REQUESTS_TO_MEASURE / nominal);
        seconds = Math.max(from + 4, Math.min(seconds, MOST_REQUESTS / (nominal * Math.max(1, load))));
        double middle = from + (seconds - from) * 0.4;
        say("%.0f x", workers);
        Distribution work = workTime(millis);
        boolean roomForAll = load < 0.8;
        Curve capacity = Curve.constant(workers);
        Curve async = Curve.constant(0);
        Curve slowdown = Curve.constant(1);
        Curve loads = Curve.constant(load);
        double thrashing = 0;
        boolean loadChanges = false;
        say(", %.2fx", load);
        switch (random.nextInt(9)) {
            case 0 -> {
                double factor = roomForAll ? between(1, 4) : between(0.4, 4);
                say(", workers x %.2f at %.0f s", factor, middle);
                capacity = Curve.step(workers, middle, Math.max(1, Math.rint(workers * factor)));
            }
            case 1 -> {
                double more = between(0.2, 5) * millis;
                async = Curve.step(between(0.2, 1) * millis, middle, more);
                say(", async %.1f to %.1f ms at %.0f s", async.at(0), more, middle);
            }
            case 2 -> {
                double more = between(0.2, 5) * millis;
                async = Curve.constant(more);
                say(", async %.1f ms", more);
            }
            case 3 -> {
                double factor = roomForAll ? between(1, 0.8 / load) : between(1, 4);
                slowdown = Curve.bursts(1, factor, 8, 3);
                say(", slowed x %.2f", factor);
            }
            case 4 -> {
                if (!roomForAll) {
                    thrashing = between(0.05, 0.6);
                    say(", thrashing %.2f", thrashing);
                }
            }
            case 5 -> {
                double low = 0.3 + 0.4 * random.nextDouble();
                double period = between(1, 10);
                loads = Curve.bursts(Math.min(low, load), load, period, period * between(0.1, 0.6));
                loadChanges = true;
                say(", bursts from %.2f every %.1f s", Math.min(low, load), period);
            }
            case 6 -> {
                loads = Curve.step(0.5, middle, load);
                loadChanges = true;
                say(", from half load at %.0f s", middle);
            }
            default -> {
                // Steady.
            }
        }
        Scenario.Builder scenario = Scenario.named("").lasting(seconds, from);
        if (random.nextInt(8) == 0) {
            say(", late ticks");
            scenario.tickMillis(Curve.jitter(50, 50 + between(20, 200)));
        }
        if (random.nextInt(8) == 0) {
            say(", coarse clock");
            scenario.clockGrainMillis(between(1, 16));
        }
        if (!roomForAll && random.nextInt(10) == 0) {
            say(", a pause");
            scenario.pauses(middle);
        }
        if (roomForAll) {
            scenario.promising(Promise.ONE_IN_TEN_THOUSAND);
        }
        clients(scenario, loads, load, loadChanges ? 0 : millis, workers * load);
        return scenario.workers(capacity)
                .workTime(work)
                .asyncMillis(async)
                .slowdown(slowdown)
                .thrashing(thrashing)
                .named("random " + seed + ": " + name)
                .build();
    }

    private Distribution workTime(double millis) {
        switch (random.nextInt(6)) {
            case 0 -> {
                say(" %.1f ms exponential", millis);
                return Distribution.exponential(millis);
            }
            case 1 -> {
                double longPart = between(0.02, 0.3);
                double ratio = between(3, 25);
                double shorter = millis / (1 - longPart + longPart * ratio);
                say(" %.1f or %.1f ms (%.0f %%)", shorter, shorter * ratio, longPart * 100);
                return Distribution.bimodal(shorter, shorter * ratio, longPart);
            }
            case 2 -> {
                double shape = 2 + random.nextDouble();
                say(" %.1f ms Pareto %.1f", millis, shape);
                return Distribution.pareto(millis, shape);
            }
            default -> {
                double sigma = 0.1 + 0.9 * random.nextDouble();
                say(" %.1f ms (sigma %.1f)", millis, sigma);
                return Distribution.logNormal(millis, sigma);
            }
        }
    }

    /**
     * The clients.
     *
     * @param millis how long a request takes, for clients in a closed loop; 0 where there are to be none
     * @param inProgress how many have to be in progress for the load
     */
    private void clients(Scenario.Builder scenario, Curve loads, double load, double millis, double inProgress) {
        int kind = random.nextInt(6);
        if (kind == 0 && load > 2) {
            int abusers = (int) Math.round(between(1, 100));
            double polite = 0.2 + 0.4 * random.nextDouble();
            say(", polite at %.2fx and %d abusers", polite, abusers);
            scenario.clients(
                            ClientMix.of("polite", Math.max(20, abusers * 10), Curve.constant(polite)),
                            ClientMix.of("abuser", abusers, second -> loads.at(second) - polite))
                    .promising(Promise.POLITE_SERVED);
        } else if (kind == 1) {
            double critical = 0.1 + 0.4 * random.nextDouble();
            say(", %.2fx of it critical", Math.min(critical, load));
            scenario.clients(
                            ClientMix.of("critical", 50, second -> Math.min(critical, loads.at(second)))
                                    .with(Priority.CRITICAL),
                            ClientMix.of("background", 50, second -> Math.max(0, loads.at(second) - critical))
                                    .with(Priority.BACKGROUND))
                    .promising(Promise.CRITICAL_SERVED);
        } else if (kind == 2) {
            say(", retries");
            scenario.clients(ClientMix.of("all", 100, loads).withRetries(1 + random.nextInt(3)));
        } else if (millis > 0 && loops.nextInt(LOOPS) == 0) {
            double thinking = 0.1 * Math.pow(100, loops.nextDouble());
            int number = (int) Math.min(MOST_IN_LOOP, Math.ceil(inProgress * (1 + thinking)));
            say(", closed loop of %d", number);
            scenario.clients(ClientMix.closed("all", number, thinking * millis));
        } else {
            scenario.clients(ClientMix.of("all", (int) Math.round(between(2, 1_000)), loads));
        }
    }

    /** Log-uniform. */
    private double between(double low, double high) {
        return low * Math.pow(high / low, random.nextDouble());
    }

    private void say(String format, Object... values) {
        name.append(String.format(Locale.ROOT, format, values));
    }
}
