package io.portguard.benchmarks.sim;

import java.util.List;
import java.util.Map;

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
 * @param deadlineMillis an answer after that is worth nothing: twice the unloaded 99th percentile and 20 ms
 * @param giveUpMillis a client that has waited so long goes away; its request is worked on all the same
 * @param pauses moments, in seconds, at which the whole process stops for half a second
 * @param stepAt second at which something changes that limits have to adapt to; 0 for none
 * @param settings of the guard, besides the algorithm
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
        double deadlineMillis,
        double giveUpMillis,
        List<Double> pauses,
        double stepAt,
        Map<String, String> settings) {

    /** The 99th percentile of how long a request takes when it does not wait, in milliseconds, at the end. */
    double unloadedP99Millis() {
        return workTime.quantile(0.99) / 1e6 + asyncMillis.at(seconds) * 1.25;
    }

    /** Requests a second that the service can work on at the start. */
    double nominalRate() {
        return workers.at(0) * 1e9 / workTime.mean();
    }

    static Builder named(String name) {
        return new Builder(name);
    }

    /** Builds a scenario; what is not said is a service of 16 workers and 10 ms for half a minute. */
    static final class Builder {

        private final String name;
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
        private double stepAt;
        private Map<String, String> settings = Map.of();

        private Builder(String name) {
            this.name = name;
        }

        Builder lasting(double length, double from) {
            seconds = length;
            measureFrom = from;
            return this;
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

        Builder stepAt(double second) {
            stepAt = second;
            return this;
        }

        Builder settings(Map<String, String> values) {
            settings = values;
            return this;
        }

        Scenario build() {
            Scenario scenario = withDeadline(0);
            return withDeadline(2 * scenario.unloadedP99Millis() + 20);
        }

        private Scenario withDeadline(double deadlineMillis) {
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
                    deadlineMillis,
                    giveUpMillis,
                    pauses,
                    stepAt,
                    settings);
        }
    }
}
