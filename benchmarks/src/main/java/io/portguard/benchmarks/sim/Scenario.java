package io.portguard.benchmarks.sim;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * What is simulated.
 *
 * @param name of the scenario
 * @param seconds how long it lasts
 * @param measureFrom from which second on it is measured
 * @param workers how many requests the service works on at once, over time; the rest wait in its queue
 * @param workTime how long a worker needs for a request
 * @param asyncMillis how long a request takes besides, holding no worker, over time
 * @param thrashing by what part the work slows down for each time the workers are over-committed
 * @param slowdown by what factor all work slows down, over time: a neighbour takes the processor
 * @param mixes the clients
 * @param unloadedP99Millis how long a request takes that does not wait, the 99th percentile of the time measured
 * @param giveUpMillis a client that has waited so long goes away; its request is worked on all the same
 * @param pauses moments, in seconds, at which the whole process stops for half a second
 * @param tickMillis from one tick of the guard to the next, over time
 * @param clockGrainMillis in which steps the guard's clock moves; 0 for a fine one
 * @param clientRate what each client is allowed; null for no limit
 * @param stepAt second at which something changes that limits have to adapt to; 0 for none
 * @param promises what has to hold, besides what has to hold everywhere
 */
record Scenario(
        String name,
        double seconds,
        double measureFrom,
        Curve workers,
        Distribution workTime,
        Curve asyncMillis,
        double thrashing,
        Curve slowdown,
        List<ClientMix> mixes,
        double unloadedP99Millis,
        double giveUpMillis,
        List<Double> pauses,
        Curve tickMillis,
        double clockGrainMillis,
        @Nullable ClientRate clientRate,
        double stepAt,
        Set<Promise> promises) {

    /** How much a request's time without a worker varies: from this part of the mean to as much above it. */
    static final double LEAST_ASYNC_UNIT = 0.75;

    /**
     * What the configuration allows each client.
     *
     * @param perSecond tokens a second
     * @param burst tokens of a full bucket
     */
    record ClientRate(double perSecond, double burst) {}

    /** An answer after that is worth nothing: the bound that the latency of admitted requests is held to. */
    double deadlineMillis() {
        return 2 * unloadedP99Millis + 20;
    }

    /** Requests a second that the service can work on at the start. */
    double nominalRate() {
        return workers.at(0) * 1e9 / workTime.mean();
    }

    /** What the guard is configured with, besides the algorithm. */
    Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>();
        if (clientRate != null) {
            settings.put("clients.rate", Double.toString(clientRate.perSecond()));
            settings.put("clients.burst", Double.toString(clientRate.burst()));
        }
        return settings;
    }

    static Builder named(String name) {
        return new Builder(name);
    }

    /** Builds a scenario; what is not said is a service of 16 workers and 10 ms for half a minute. */
    static final class Builder {

        private String name;
        private double seconds = 30;
        private double measureFrom = 5;
        private Curve workers = Curve.constant(16);
        private Distribution workTime = Distribution.logNormal(10, 0.3);
        private Curve asyncMillis = Curve.constant(0);
        private double thrashing;
        private Curve slowdown = Curve.constant(1);
        private List<ClientMix> mixes = List.of();
        private double giveUpMillis = 1_000;
        private List<Double> pauses = List.of();
        private Curve tickMillis = Curve.constant(50);
        private double clockGrainMillis;
        private @Nullable ClientRate clientRate;
        private double stepAt;
        private final Set<Promise> promises = EnumSet.of(Promise.GOODPUT, Promise.LATENCY);

        private Builder(String name) {
            this.name = name;
        }

        Builder named(String other) {
            name = other;
            return this;
        }

        Builder lasting(double length, double from) {
            seconds = length;
            measureFrom = from;
            return this;
        }

        Builder workers(double constant) {
            return workers(Curve.constant(constant));
        }

        Builder workers(Curve curve) {
            workers = curve;
            return this;
        }

        Builder workTime(Distribution distribution) {
            workTime = distribution;
            return this;
        }

        Builder asyncMillis(Curve curve) {
            asyncMillis = curve;
            return this;
        }

        Builder thrashing(double part) {
            thrashing = part;
            return this;
        }

        Builder slowdown(Curve curve) {
            slowdown = curve;
            return this;
        }

        Builder clients(ClientMix... groups) {
            mixes = List.of(groups);
            return this;
        }

        /** A hundred equal clients that offer so much together. */
        Builder load(double constant) {
            return load(Curve.constant(constant));
        }

        Builder load(Curve load) {
            return clients(ClientMix.of("all", 100, load));
        }

        Builder giveUpMillis(double millis) {
            giveUpMillis = millis;
            return this;
        }

        Builder pauses(Double... moments) {
            pauses = List.of(moments);
            return this;
        }

        Builder tickMillis(Curve curve) {
            tickMillis = curve;
            return this;
        }

        Builder clockGrainMillis(double millis) {
            clockGrainMillis = millis;
            return this;
        }

        Builder clientRate(double perSecond, double burst) {
            clientRate = new ClientRate(perSecond, burst);
            return this;
        }

        Builder stepAt(double second) {
            stepAt = second;
            return this;
        }

        Builder promising(Promise... more) {
            promises.addAll(List.of(more));
            return this;
        }

        Scenario build() {
            return new Scenario(
                    name,
                    seconds,
                    measureFrom,
                    workers,
                    workTime,
                    asyncMillis,
                    thrashing,
                    slowdown,
                    mixes,
                    unloadedP99Millis(),
                    giveUpMillis,
                    pauses,
                    tickMillis,
                    clockGrainMillis,
                    clientRate,
                    stepAt,
                    promises);
        }

        private double unloadedP99Millis() {
            SplittableRandom random = new SplittableRandom(42);
            double[] millis = new double[20_000];
            for (int i = 0; i < millis.length; i++) {
                double second = measureFrom + (seconds - measureFrom) * i / millis.length;
                double asyncUnit = LEAST_ASYNC_UNIT + 2 * (1 - LEAST_ASYNC_UNIT) * random.nextDouble();
                millis[i] = workTime.sample(random) / 1e6 * slowdown.at(second) + asyncMillis.at(second) * asyncUnit;
            }
            Arrays.sort(millis);
            return millis[millis.length * 99 / 100];
        }
    }
}
